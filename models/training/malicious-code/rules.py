"""What rules say of a line of code: the signs of publicly documented attacks. The baseline, and a proposal for a policy."""

import re

ENCODED = r"b(?:ase)?64|unhexlify|fromhex|marshal|zlib|codecs\.decode|atob\(|fromCharCode|Buffer\.from|codePointAt|bytes\.fromhex|map\(chr|chr\("
RULES = {
    "decoded-then-run": re.compile(rf"(?:\b(?:exec|eval|Function|runInThisContext)\b\W*\(?.{{0,80}}(?:{ENCODED})|(?:{ENCODED}).{{0,300}}\b(?:eval|exec)\s*\()"),
    "run-by-parts": re.compile(r"getattr\(__import__|'ex'\s*\+\s*'ec'|\]\(eval\)|\)\)\)\(eval\)|\['constructor'\]\("),
    "shell-over-socket": re.compile(r"/dev/(?:tcp|udp)/[^\s/]+/\d+|\bn(?:c|cat)\b.*\s-e\s|mkfifo.{1,60}\|\s*n(?:c|cat)\b|os\.dup2\(.*fileno|pty\.spawn|socat\s+exec:|fsockopen\(.*exec|TCPSocket.*exec|use Socket;.*exec|spawn\(['\"](?:/bin/)?(?:ba)?sh['\"].*\.pipe|['\"]/bin/sh['\"],\s*['\"]-i"),
    "download-then-run": re.compile(r"\b(?:curl|wget)\b[^|;&]*\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b|\b(?:curl|wget)\b.*-o\s*(/tmp/\S+).*&&.*\1|python3?\s+-c\s+\"\$\(curl|powershell.*\s-e(?:nc|ncodedcommand)\s|IEX\s*\(|DownloadString\("),
    "environment-sent": re.compile(r"(?:process\.env|os\.environ|printenv|\benv\b|/etc/passwd|\.aws/credentials|\.ssh/id_|wallet\.dat|Login Data|document\.cookie).*(?:https?://|\bcurl\b|requests\.post|urlopen|fetch\(|\.request\()|(?:https?://|\bcurl\b|requests\.post|urlopen|fetch\(|\.request\().*(?:JSON\.stringify\(process\.env\)|dict\(os\.environ|/etc/passwd|\.aws/credentials|\.ssh/id_|wallet\.dat|document\.cookie)"),
    "secrets-read": re.compile(r"open\(.*(?:\.aws/credentials|\.ssh/id_(?:rsa|ed25519)|wallet\.dat)|Chrome.*Login Data|window\.ethereum\.request\s*="),
    "names-that-carry-data": re.compile(r"\b(?:nslookup|dig|ping|host)\b.*(?:\$\(|`|\$[a-z]\b).*\.|(?:dns\.lookup|gethostbyname)\(.*(?:hostname|toString\(['\"]hex)"),
    "stays": re.compile(r"\|\s*crontab\s+-\s*$|>>\s*~?\S*authorized_keys|(?:nohup|curl|wget|/tmp/\.).*>>\s*~/\.(?:bashrc|profile|zshrc)|appendFile(?:Sync)?\(.*\.(?:bashrc|profile)|CurrentVersion\\+Run"),
    "hidden-characters": re.compile("[\u202a-\u202e\u2066-\u2069]|[\u200b\u200c\u2060\ufeff]{3}|[\ufe00-\ufe0f]{5}"),
    "renamed-by-a-tool": re.compile(r"var _0x[0-9a-f]{4,}\s*=\s*\[|_0x[0-9a-f]{4,}\w*\(.{1,80}_0x[0-9a-f]{4,}|(?:\\x[0-9a-f]{2}){4,}.*(?:\\x[0-9a-f]{2}){4,}.*_0x"),
}


def flags(line):
    """The name of the first rule that knows the line, or None."""
    return next((name for name, rule in RULES.items() if rule.search(line)), None)
