"""
The regular-expression baseline: what a careful team writes without a model, in the manner of the known scanners. Facts about vendors'
formats, names with values of some entropy, URLs with passwords, headers, keys; and a list of what is never a secret.
"""

import math
import re
from collections import Counter

VENDORS = re.compile(
    r"\b(?:"
    + "|".join(
        [
            r"(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b", r"gh[pousr]_[A-Za-z0-9]{36}", r"github_pat_\w{82}", r"gl(?:pat|ptt|dt|rt|cbt)-[\w-]{20}", r"xox[abeoprs]-[\w-]{20,}",
            r"(?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{10,99}", r"whsec_[A-Za-z0-9+/=]{24,}", r"AIza[\w-]{35}", r"GOCSPX-[\w-]{28}", r"ya29\.[\w-]{20,}", r"sk-(?:proj|svcacct|admin)-[\w-]{20,}",
            r"sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}", r"sk-ant-(?:api03|admin01)-[\w-]{93}AA", r"npm_[A-Za-z0-9]{36}", r"pypi-AgEIcHlwaS5vcmc[\w-]{50,}", r"SG\.[\w-]{22}\.[\w-]{43}",
            r"do[oprs]_v1_[a-f0-9]{64}", r"hf_[A-Za-z]{34}", r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}", r"dapi[a-f0-9]{32}", r"\d{8,10}:AA[\w-]{33}", r"sq0(?:atp|csp)-[\w-]{22,}", r"lin_api_[A-Za-z0-9]{40}",
            r"hv[sb]\.[\w-]{90,}", r"dckr_pat_[\w-]{27}", r"NRAK-[A-Z0-9]{27}", r"dp\.pt\.[A-Za-z0-9]{43}", r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}", r"gl(?:sa|c)_[A-Za-z0-9+/=_]{32,}", r"SK[a-f0-9]{32}\b",
            r"HRKU-AA[\w-]{58}", r"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}", r"sntry[su]_[\w+/=]{40,}", r"nfp_[A-Za-z0-9]{36}", r"gsk_[A-Za-z0-9]{52}", r"r8_[A-Za-z0-9]{37}", r"rubygems_[a-f0-9]{48}", r"figd_[\w-]{40}",
            r"access-(?:sandbox|development|production)-[a-f0-9-]{36}", r"EAA[MC][A-Za-z0-9]{20,}", r"LTAI[A-Za-z0-9]{20}", r"dt0c01\.[A-Z2-7]{24}\.[A-Z2-7]{64}", r"sgp_(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}", r"[sp]k\.eyJ[\w-]+\.[\w-]{22}",
            r"pul-[a-f0-9]{40}", r"[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,70}", r"ATATT3[\w=-]{186}", r"pscale_(?:tkn|pw|oauth)_[\w=.-]{32,64}", r"ntn_[0-9]{11}[A-Za-z0-9]{35}", r"AGE-SECRET-KEY-1[0-9A-Z]{58}", r"tskey-[a-z]+-\w+-\w+",
            r"[a-f0-9]{32}-us\d{1,2}\b", r"[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,38}", r"AKCp[A-Za-z0-9]{69}", r"ops_eyJ[\w-]{200,}={0,3}", r"EZ[AT]K[A-Za-z0-9]{54}", r"oy2[a-z0-9]{43}", r"eyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{10,}",
        ]
    )
    + r")"
    + r"|[A-Za-z0-9_~.]{3}\dQ~[\w~.-]{31,34}|hooks\.slack\.com/(?:services|workflows)/[\w/]{40,}|discord(?:app)?\.com/api/webhooks/\d+/[\w-]{60,}|webhook\.office\.com/webhookb2/[\w@-]{36,}|[?&]sig=[A-Za-z0-9%]{40,}"
)
PRIVATE = re.compile(r"-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----")
URL = re.compile(r"[a-z][a-z0-9+.-]{1,20}://[^\s:/@\"'`<>]{0,60}:([^\s:/@\"'`<>]{3,100})@[\w.-]+")
HEADER = re.compile(r"\b(?:Bearer|token)\s+([\w.=~+/-]{20,})|\bBasic\s+([A-Za-z0-9+/]{12,}={0,2})", re.IGNORECASE)
NAME = r"(?:access|auth|api|credential|creds|key|pass(?:w(?:or)?d|wd|phrase)?|pwd|secret|token)"
QUOTED = re.compile(rf"(?i){NAME}[\w.-]{{0,30}}[\"'`\]\)]*\s*(?:=|:|:=|=>|\|\||,|\s)\s*(?:value\s*[\"']?[:=]\s*)?([\"'`])([^\"'`\s]{{8,200}})\1")
BARE = re.compile(rf"(?i){NAME}[\w.-]{{0,30}}[\"']?\s*(?:=|:|\s)\s*>?([^\s\"'`<>,;(){{}}]{{8,200}})(?:[\s;,<&\\]|$)")
COMMAND = re.compile(r"\b(?:mysql|mysqldump)\b.*\s-p(\S{4,})|\bcurl\b.*\s(?:-u|--user)\s+[\w.]+:(\S{4,})|\bsshpass\s+-p\s*['\"]?(\S{4,})|\blogin\s+\S+\s+password\s+(\S+)|AccountKey=([A-Za-z0-9+/=]{80,})")
HARMLESS = re.compile(
    r"(?i)\$\{|\{\{|\$\(|%\(|<[a-z _-]+>|process\.env|environ|getenv|secretsmanager|arn:aws|^vault|^/|://|^(?:true|false|null|none|undefined)$|^(.)\1+$|x{4,}|\*{4,}|change|replace|your|example|dummy|placeholder|sample|fixme|todo|not-a"
    r"|insert|fill_me|redacted|ssh-|^data:|sha(?:256|384|512)[-:]|^AAAA|[.(]\w*\(|^[A-Z_]+$|^[a-z]+(?:[._-][a-z]+)*$|^[a-z]+(?:[A-Z][a-z]+)*$"
)


def entropy(text):
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def is_value(value, password):
    if HARMLESS.search(value) or not any(c.isdigit() for c in value):
        return False
    return entropy(value) >= (2.8 if password else 3.4)


def flags(line):
    """Whether the rules would stop this line."""
    if VENDORS.search(line) or PRIVATE.search(line):
        return True
    for match in [*URL.finditer(line), *HEADER.finditer(line), *COMMAND.finditer(line)]:
        value = next((group for group in match.groups() if group), "")
        if not re.search(r"\$|\{|<|^(?:pass(?:word)?|root|guest|secret|test|x+)$", value):
            return True
    for match in [*QUOTED.finditer(line[:4000]), *BARE.finditer(line[:4000])]:
        if is_value(match.groups()[-1], re.search(r"(?i)pass|pwd|secret|token", match.group(0)[:30])):
            return True
    return False
