"""Made-up file changes, and features of them computed here a second time: what spec/models.md says, in another language."""

import math
import random
from collections import Counter

from texts import CLASSES, line

FEATURES = [
    "size", "insertions", "deletions", "depth", "hidden", "executable", "text_bytes", "text_lines", "longest_line",
    "entropy", "non_ascii", "letters", "digits", "spaces", "invisible", "op:create", "op:update", "extension:sh",
    "extension:png", "plan.files",
]
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
INVISIBLE = "\u00ad\u200b\u200e\u202e\u2066\ufeff"


def change(rng: random.Random, strange: bool) -> dict:
    """A change as judges see it, as far as features go; a strange one hides something."""
    lines = [line(rng, CLASSES[0]) for _ in range(rng.randrange(1, 12))]
    if strange:
        way = rng.randrange(3)
        if way == 0:
            lines.append("".join(rng.choice(DIGITS) for _ in range(rng.randrange(200, 900))))
        elif way == 1:
            lines.append(line(rng, "ordinary")[:9] + rng.choice(INVISIBLE) * rng.randrange(2, 9) + "x")
        else:
            lines.append("".join(f"\\x{rng.randrange(256):02x}" for _ in range(rng.randrange(60, 200))))
    folder = rng.choice(["", "src/", ".github/", "a/b/c/"])
    return {
        "op": rng.choice(["create", "update"]),
        "path": folder + rng.choice(["run.sh", "main.py", "Makefile", "notes.md"]),
        "executable": rng.random() < (0.5 if strange else 0.2),
        "deletions": rng.randrange(5),
        "added": lines,
        "size": sum(len(text.encode()) + 1 for text in lines) + rng.randrange(100),
    }


def features(made: dict, files: int) -> list[float]:
    data = "\n".join(made["added"]).encode()
    total = len(data) or 1
    share = lambda test: sum(1 for byte in data if test(byte)) / total
    name = made["path"].rsplit("/", 1)[-1].lower().rsplit(".", 1)[-1]
    known = {
        "size": made["size"], "insertions": len(made["added"]), "deletions": made["deletions"],
        "depth": made["path"].count("/"), "hidden": any(part.startswith(".") for part in made["path"].split("/")),
        "executable": made["executable"], "text_bytes": len(data), "text_lines": len(made["added"]),
        "longest_line": max((len(text.encode()) for text in made["added"]), default=0),
        "entropy": -sum(n / total * math.log2(n / total) for n in Counter(data).values()),
        "non_ascii": share(lambda byte: byte >= 0x80), "letters": share(lambda byte: 97 <= (byte | 32) <= 122 and byte < 0x80),
        "digits": share(lambda byte: 48 <= byte <= 57), "spaces": share(lambda byte: byte in b" \t\n\r"),
        "invisible": sum(text.count(sign) for text in made["added"] for sign in INVISIBLE),
        "op:create": made["op"] == "create", "op:update": made["op"] == "update",
        "extension:sh": name == "sh", "extension:png": name == "png", "plan.files": files,
    }
    return [float(known[feature]) for feature in FEATURES]
