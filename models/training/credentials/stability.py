"""
Does a long harmless line score the same wherever its windows fall? `python stability.py PACK FILE.json…` writes each document in one line, as
`terraform show -json` does, and made-up ones beside it, moves the windows byte by byte over a whole stride, and shows the lowest and the
highest score of the line.
"""

import json
import random
import sys
from pathlib import Path

import heldout_files
from dataset import STRIDE
from evaluate import Model


def one_line(document):
    return json.dumps(document, separators=(",", ":"))


def scores(model, line):
    """The line's score for each place the first window can begin at, as if so many bytes stood before it."""
    return model.score([('{"a":"' + "x" * move + '",' + line[1:], "") for move in range(0, STRIDE, 3)])


def main(pack, files):
    model = Model(pack / "model.onnx")
    thresholds = json.loads((pack / "manifest.json").read_text())["thresholds"]
    rng = random.Random("stability")
    made_up = []
    while len(made_up) < 40:
        _, [(line, label)] = heldout_files.long_line(rng)
        if label == "like:long-json" or label == "long-json":
            made_up.append(("made-up plan", line))
    ranges = []
    for name, line in [*((file.name, one_line(json.loads(file.read_text()))) for file in files), *made_up]:
        found = scores(model, line)
        ranges.append((found.max(), found.min()))
        if name != "made-up plan":
            print(f"{name}: {len(line)} bytes, from {found.min():.4f} to {found.max():.4f}")
    print(f"{len(ranges)} lines; highest {max(r[0] for r in ranges):.4f}, widest range {max(r[0] - r[1] for r in ranges):.4f}, thresholds {thresholds}")
    print(f"lines on both sides of a threshold: {sum(any(low < t <= high for t in thresholds.values()) for high, low in ranges)}; above it wherever: {sum(low >= thresholds['require_approval'] for _, low in ranges)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(file) for file in sys.argv[2:]])
