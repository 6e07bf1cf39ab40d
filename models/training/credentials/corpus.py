"""Ordinary lines of public packages (corpus.txt), by split. `python corpus.py DIR` downloads the packages into DIR."""

import random
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
LINES_A_PACKAGE = 15000
MAX_FILE = 600_000
# A real credential, or what nobody could tell from one, is no ordinary line: it is left out rather than mislabelled.
AMBIGUOUS = re.compile(
    r"""(pass(word|wd|phrase)?|secret|token|api_?key|credential|pwd|auth)\w*["'\])]*\s*(:|=|=>|==|,)\s*[bru]?["'][^"'\s]{6,}["']"""
    r"""|://[^\s:/@"']+:[^\s:/@"']{3,}@|PRIVATE KEY|\beyJ[A-Za-z0-9_-]{10,}\.|\b(Basic|Bearer) [A-Za-z0-9+/=._-]{16,}"""
    r"""|\b(sk|rk|pk)_(live|test)_|\b(ghp|gho|npm|xox[bp])[_-]\w{8,}|\bAKIA|\bAIza""",
    re.IGNORECASE,
)


def packages():
    for line in (HERE / "corpus.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            yield line.split()


def download(directory):
    for _, registry, name, version in packages():
        target = directory / registry
        target.mkdir(parents=True, exist_ok=True)
        if registry == "pypi":
            command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", ".", f"{name}=={version}"]
        else:
            command = ["npm", "pack", "-s", f"{name}@{version}"]
        subprocess.run(command, cwd=target, check=True)


def members(archive):
    """(name, bytes) of every regular file in a wheel or npm tarball."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            for info in wheel.infolist():
                if not info.is_dir() and info.file_size < MAX_FILE:
                    yield info.filename, wheel.read(info)
    else:
        with tarfile.open(archive) as tarball:
            for info in tarball:
                if info.isfile() and info.size < MAX_FILE:
                    yield info.name, tarball.extractfile(info).read()


def lines_of(archive, rng):
    """A sample of one package's distinct lines, in a fixed order."""
    found = set()
    for _, data in sorted(members(archive)):
        if b"\0" in data or b"PRIVATE KEY-----" in data:
            continue
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            continue
        for line in text.splitlines():
            if len(line) > 3000:
                at = rng.randrange(len(line) - 2000)
                line = line[at : at + rng.randrange(200, 2000)]
            if line.strip() and not AMBIGUOUS.search(line):
                found.add(line)
    ordered = sorted(found)
    rng.shuffle(ordered)
    return ordered[:LINES_A_PACKAGE]


def load(directory, seed=7):
    """{"train": [...], "validation": [...], "test": [...]} of lines."""
    splits = {"train": [], "validation": [], "test": []}
    seen = set()
    for split, registry, name, version in sorted(packages(), key=lambda p: ("train", "validation", "test").index(p[0])):
        archive = next(p for p in sorted((directory / registry).iterdir()) if p.name.lower().startswith(f"{name}-{version}".lower()))
        for line in lines_of(archive, random.Random(f"{seed} {name}")):
            if line not in seen:
                seen.add(line)
                splits[split].append(line)
    return splits


if __name__ == "__main__":
    download(Path(sys.argv[1]))
