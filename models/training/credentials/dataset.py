"""The labelled lines of every split, from fixed seeds, and how a line becomes numbers."""

import random
import re

import numpy as np

import corpus
import lines
import logins
import paths
import published
import statements
from formats import UNSEEN

LENGTH = 192
STRIDE = 96
# A value that only its name makes a secret is shown with so many bytes of what stands before it: a window without them is a hash's.
BEFORE = 40
RUNS = re.compile(r"(\S)[ \t]{2,}(?=\S)")


def squeezed(line):
    """As models/select/added.ts hands a line to models: columns padded with spaces say nothing. Indentation stays."""
    return RUNS.sub(r"\1 ", line)


def encode(data):
    """One window: byte values + 1, padded with 0."""
    row = np.zeros(LENGTH, np.int16)
    row[: len(data)] = np.frombuffer(data, np.uint8).astype(np.int16) + 1
    return row


def windows(line):
    """The windows the adapter cuts a line into (models/encode)."""
    data = squeezed(line).encode()
    starts = [*range(0, max(0, len(data) - LENGTH), STRIDE), max(0, len(data) - LENGTH)]
    return [encode(data[start : start + LENGTH]) for start in starts]


def training_window(rng, marked):
    """A window of a line with a secret that holds the secret, or of a long one at least its first hundred bytes."""
    line, start, end = lines.locate(squeezed(marked))
    first, last = len(line[:start].encode()), len(line[:end].encode())
    data = line.encode()
    earliest = max(0, min(last, first + 100) - LENGTH)
    latest = max(earliest, min(max(0, first - BEFORE), max(0, len(data) - LENGTH)))
    at = rng.randint(earliest, latest)
    return encode(data[at : at + LENGTH])


def every(count, make):
    """As drawn: what is frequent and always the same, such as a private key's first line, weighs as much as it should."""
    return [make() for _ in range(count)]


def unique(count, make):
    """Distinct lines, for measuring."""
    seen = {}
    for _ in range(count * 3):
        if len(seen) >= count:
            break
        line, name = make()
        seen.setdefault(line, name)
    return list(seen.items())


def load(directory, wider=False):
    """Per split: positive, negative, ordinary, and for test unseen, path and secret beside a path: lists of (line, kind). Secrets are marked."""
    ordinary = corpus.load(directory)
    # Validation picks the thresholds, so it is made with held-out templates too, but of its own packages and seeds.
    sizes = {"train": (90_000, 80_000, False), "validation": (8_000, 8_000, True), "test": (10_000, 10_000, True)}
    splits = {}
    for split, (positives, negatives, held_out) in sizes.items():
        rng = random.Random(f"credentials {split}")
        source = ordinary[split]
        collect = every if split == "train" else unique
        splits[split] = {
            "positive": collect(positives, lambda: lines.positive(rng, source, held_out)),
            "negative": collect(negatives, lambda: lines.negative(rng, source, held_out)),
            "ordinary": [(line, "ordinary") for line in source],
        }
        if split == "train":
            splits[split]["positive"] += collect(170_000, lambda: statements.positive(rng, source))
            splits[split]["negative"] += collect(240_000, lambda: statements.negative(rng, source))
            rng = random.Random("credentials paths train")
            splits[split]["positive"] += collect(30_000, lambda: paths.positive(rng, source))
            splits[split]["negative"] += collect(80_000, lambda: paths.negative(rng, source))
        if split == "train" and wider:
            rng = random.Random("credentials logins train")
            splits[split]["positive"] += collect(85_000, lambda: logins.positive(rng, source))
            splits[split]["negative"] += collect(35_000, lambda: logins.negative(rng, source))
            rng = random.Random("credentials published train")
            splits[split]["negative"] += collect(95_000, lambda: published.negative(rng, source))
    rng = random.Random("credentials unseen")
    splits["test"]["unseen"] = unique(5_000, lambda: lines.positive(rng, ordinary["test"], True, UNSEEN))
    rng = random.Random("credentials paths test")
    splits["test"]["path"] = unique(10_000, lambda: paths.negative(rng, ordinary["test"], True))
    splits["test"]["secret beside a path"] = unique(4_000, lambda: paths.positive(rng, ordinary["test"], True))
    return splits


def training_arrays(split, seed=11):
    """(windows [N, LENGTH] int16, labels [N] float32)."""
    rng = random.Random(seed)
    rows, labels = [], []
    for line, _ in split["positive"]:
        rows.append(training_window(rng, line))
        labels.append(1)
    for line, kind in split["negative"] + split["ordinary"]:
        cut = windows(line)
        # Of a made-up plan most windows show values whose names are cut away.
        most = 8 if kind == "long-json" else 3
        for row in cut if len(cut) <= most else rng.sample(cut, most):
            rows.append(row)
            labels.append(0)
    return np.stack(rows), np.array(labels, np.float32)
