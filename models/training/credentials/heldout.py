"""
The lines the model is compared on: `python heldout.py DIR CORPUS` downloads the packages of heldout.txt into DIR, each checked against its digest,
and shows what the set is made of. Two halves with other packages, formats, styles, words and seeds: `look` may be looked at while the
model is improved, `final` is measured with a finished one. The parts `untouched` and `fresh` were each drawn for one measurement of a shipped pack, of
version 1.3.0 (untouched.md) and of the next (fresh.md). That nothing of them was in training, and nothing of a part in those before it, is asserted here, not assumed.
"""

import hashlib
import pickle
import random
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import corpus
import fresh_files
import heldout_files
import lines as training_lines
import untouched_files
from dataset import squeezed

HERE = Path(__file__).parent
HALVES = ("look", "final")
MAKERS = {"look": heldout_files, "final": heldout_files, "untouched": untouched_files, "fresh": fresh_files}
MADE_UP_FILES = 1_800
LINES_A_PACKAGE = 2_600
BYTES_A_PACKAGE = 400_000
MAX_FILE = 300_000
# What programs do not agree on as the end of a line, so that line numbers mean the same to all.
ODD_BREAKS = re.compile("[\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]|\r(?!\n)")
INSERTS = {".py": "python", ".js": "js", ".mjs": "js", ".cjs": "js", ".ts": "ts", ".yml": "yaml", ".yaml": "yaml", ".json": "json", ".sh": "shell", ".toml": "toml", ".tf": "terraform"}


def packages():
    for line in (HERE / "heldout.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            yield line.split()


def archive_of(directory, registry, name, version):
    short = name.lstrip("@").replace("/", "-").lower()
    return next(p for p in sorted((directory / registry).iterdir()) if p.name.lower().startswith(f"{short}-{version}".lower()))


def download(directory):
    for _, registry, name, version, digest in packages():
        target = directory / registry
        target.mkdir(parents=True, exist_ok=True)
        if registry == "pypi":
            command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", ".", f"{name}=={version}"]
        else:
            command = ["npm", "pack", "-s", f"{name}@{version}"]
        subprocess.run(command, cwd=target, check=True, stdout=subprocess.DEVNULL)


def package_files(directory, part, rng, known_files):
    """(name, [(line, label)]) of files of packages, some with a secret put into them in the file's language."""
    number = 0
    for of, registry, name, version, digest in packages():
        if of != part:
            continue
        archive = archive_of(directory, registry, name, version)
        found = hashlib.sha256(archive.read_bytes()).hexdigest()
        assert found == digest, f"{archive.name} is not the file of heldout.txt: {found}"
        members = sorted(corpus.members(archive))
        rng.shuffle(members)
        count = size = 0
        for path, data in members:
            if count > LINES_A_PACKAGE or size > BYTES_A_PACKAGE:
                break
            if len(data) > MAX_FILE or b"\0" in data or b"PRIVATE KEY-----" in data or hashlib.sha256(data).digest() in known_files:
                continue
            try:
                text = data.decode("utf-8")
            except UnicodeDecodeError:
                continue
            if ODD_BREAKS.search(text):
                continue
            labelled = [(line.removesuffix("\r"), None if corpus.AMBIGUOUS.search(line) else "plain") for line in text.split("\n")]
            count, size, number = count + len(labelled), size + len(data), number + 1
            language = INSERTS.get(Path(path).suffix)
            if language and rng.random() < 0.6:
                for _ in range(rng.randrange(1, 4)):
                    secret = MAKERS[part].insert(rng, part, language)
                    labelled.insert(rng.randrange(len(labelled) + 1), secret)
            yield f"p{number}/{Path(path).name}", labelled


def digests_of(archives):
    return {hashlib.sha256(data).digest() for archive in archives for _, data in corpus.members(archive)}


def trained_on(corpus_directory):
    """(digests of the files, squeezed lines, values between marks) of everything train.py and its thresholds see."""
    files = digests_of(archive_of(corpus_directory, registry, name, version) for _, registry, name, version in corpus.packages())
    texts, values = set(), set()
    for split in (split for file in sorted(corpus_directory.glob("splits*.pickle")) for split in pickle.loads(file.read_bytes()).values()):
        for kind in split.values():
            for line, _ in kind:
                if training_lines.START in line:
                    values.add(line[line.index(training_lines.START) + 1 : line.index(training_lines.END)])
                texts.add(squeezed(line.replace(training_lines.START, "").replace(training_lines.END, "")).strip())
    return files, texts, values


def words_of(files):
    """Whatever may be a value in lines with a secret, of 20 characters and more."""
    text = "\n".join(line for _, labelled in files for line, label in labelled if label and label.startswith("secret:"))
    return {word for split in (r"[^\s\"'`<>]{20,}", r"[^\s\"'`<>=:,]{20,}") for word in re.findall(split, text)}


def load(directory, corpus_directory):
    """{part: [(file name, [(line, label)])]}; every labelled line is measured once and stands in no line of the training data."""
    cache = directory / "parts.pickle"
    if cache.exists():
        return pickle.loads(cache.read_bytes())
    names = Counter(name.lower().replace("_", "-") for _, _, name, *_ in [*packages(), *corpus.packages()])
    assert max(names.values()) == 1, f"a package is in two parts, or in training too: {names.most_common(1)}"
    known_files, known_texts, known_values = trained_on(corpus_directory)
    parts, seen = {}, set()
    for part, maker in MAKERS.items():
        others = set(known_texts)
        if part not in HALVES:
            known_files |= digests_of(archive_of(directory, registry, name, version) for of, registry, name, version, _ in packages() if of in parts)
            others |= seen
        rng = random.Random(f"credentials heldout {part}")
        made_up = [maker.make(rng, part, number) for number in range(MADE_UP_FILES)]
        parts[part] = []
        for name, labelled in [*made_up, *package_files(directory, part, rng, known_files)]:
            kept = []
            for line, label in labelled:
                text = squeezed(line).strip()
                # Braces and imports are in every package; what training saw, or was measured already, is not measured.
                fresh = text and text not in seen and text not in known_texts
                if label and label.startswith("secret:") and label != "secret:private-key":
                    assert text not in others, f"a secret's line was in training, or in another part: {label}"
                elif label == "secret:private-key":
                    fresh = True
                seen.add(text)
                kept.append((line, label if fresh else None))
            parts[part].append((name, kept))
    words = {part: words_of(files) for part, files in parts.items()}
    shared = {value for value in known_values if len(value) >= 20 and "PRIVATE KEY" not in value and any(value in found for found in words.values())}
    assert not shared, f"{len(shared)} values are in training too"
    order = list(MAKERS)
    for part in order[len(HALVES) :]:
        shared = words[part] & set().union(*(words[earlier] for earlier in order[: order.index(part)]))
        assert not shared, f"{len(shared)} values are in two parts: {sorted(shared)[:5]}"
    cache.write_bytes(pickle.dumps(parts))
    return parts


def summary(files):
    return Counter((label or "not measured").split(":")[0] for _, labelled in files for _, label in labelled)


if __name__ == "__main__":
    download(Path(sys.argv[1]))
    for part, files in load(Path(sys.argv[1]), Path(sys.argv[2])).items():
        print(part, len(files), "files", dict(summary(files)), "package lines", sum(1 for name, labelled in files if name.startswith("p") for _, label in labelled if label == "plain"))
