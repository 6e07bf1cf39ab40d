"""
Judges the exported model: `python evaluate.py CORPUS HELDOUT PACK`. Thresholds are picked on the half `look` of the held-out set
(heldout.py); the figures written here are of the test split, which was looked at while lines were improved. Those that count
are compare.py's. Writes PACK/manifest.json and the table in PACK/README.md.
"""

import hashlib
import json
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import onnxruntime

import heldout
import lines
from dataset import LENGTH, STRIDE, windows
from train import cached

DENY_PRECISION = 0.99
APPROVAL_PRECISION = 0.97
# That of version 1.2.0: who set a threshold beside it is not surprised by a version that stops at lower scores.
LEAST_DENY = 0.98
# Above what a plan in one line of JSON reaches wherever its windows fall: 0.8592 (stability.py).
LEAST_APPROVAL = 0.87
# Real changes hold far fewer secrets than the test mix, so ordinary lines set bounds of their own.
DENY_FALSE_ALARMS = 1 / 4_000
APPROVAL_FALSE_ALARMS = 1 / 1_000
VERSION = "1.3.0"


class Model:
    def __init__(self, file):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(file.read_bytes(), options)

    def score(self, items):
        """One score a line: the highest of its windows, rounded as the adapter does."""
        rows, owners = [], []
        for index, (line, _) in enumerate(items):
            for row in windows(line.replace(lines.START, "").replace(lines.END, "")):
                rows.append(row)
                owners.append(index)
        scores = np.zeros(len(items))
        for start in range(0, len(rows), 256):
            batch = np.stack(rows[start : start + 256]).astype(np.int32)
            np.maximum.at(scores, owners[start : start + 256], self.session.run(None, {"input": batch})[0][:, 0])
        return np.round(scores, 6)


def measure(scored, threshold):
    true = int((scored["positive"] >= threshold).sum())
    false = int((scored["negative"] >= threshold).sum() + (scored["ordinary"] >= threshold).sum())
    return {
        "threshold": threshold,
        "precision": round(true / max(1, true + false), 4),
        "recall": round(true / len(scored["positive"]), 4),
        "recall_unseen_formats": round(float((scored["unseen"] >= threshold).mean()), 4) if "unseen" in scored else None,
        "false_alarms_hard": round(float((scored["negative"] >= threshold).mean()), 5),
        "false_alarms_ordinary": round(float((scored["ordinary"] >= threshold).mean()), 6),
    }


def pick(scored, precision, false_alarms):
    """The lowest threshold in steps of 0.005 that keeps both bounds."""
    for threshold in np.arange(0.05, 0.9996, 0.005):
        figures = measure(scored, float(threshold))
        if figures["precision"] >= precision and figures["false_alarms_ordinary"] <= false_alarms:
            return round(float(threshold), 3)
    raise SystemExit("no threshold keeps the bounds")


def beside_paths(scored, threshold):
    """Lines with names drawn at random in paths, of held-out templates: how many are flagged, and how many secrets beside such paths are found."""
    return {"threshold": threshold, "false_alarms": round(float((scored["path"] >= threshold).mean()), 5), "recall": round(float((scored["secret beside a path"] >= threshold).mean()), 4)}


def by_kind(items, scores, threshold):
    found = defaultdict(list)
    for (_, kind), score in zip(items, scores):
        found[kind].append(score >= threshold)
    return {kind: round(float(np.mean(hits)), 3) for kind, hits in sorted(found.items())}


def table(rows):
    head = "| threshold | precision | recall | recall, unseen formats | false alarms, hard lines | false alarms, ordinary lines |\n|---|---|---|---|---|---|\n"
    body = "".join(
        f"| {r['threshold']:.3f} | {r['precision']:.4f} | {r['recall']:.4f} | {r['recall_unseen_formats']:.4f} | {r['false_alarms_hard']:.2%} | {r['false_alarms_ordinary']:.3%} |\n"
        for r in rows
    )
    return head + body


def main(directory, heldout_directory, pack):
    test = cached(directory)["test"]
    model = Model(pack / "model.onnx")
    looked = [(line, label) for _, labelled in heldout.load(heldout_directory, directory)["look"] for line, label in labelled if label]
    kinds = {"positive": "secret", "negative": "like", "ordinary": "plain"}
    look = {kind: model.score([item for item in looked if item[1].split(":")[0] == word]) for kind, word in kinds.items()}
    deny = max(LEAST_DENY, pick(look, DENY_PRECISION, DENY_FALSE_ALARMS))
    approval = max(LEAST_APPROVAL, min(deny, pick(look, APPROVAL_PRECISION, APPROVAL_FALSE_ALARMS)))
    figures = {kind: model.score(items) for kind, items in test.items()}
    quality = {
        "test_lines": {kind.replace(" ", "_"): len(items) for kind, items in test.items()},
        "deny": measure(figures, deny),
        "require_approval": measure(figures, approval),
        "paths": {"deny": beside_paths(figures, deny), "require_approval": beside_paths(figures, approval)},
        "recall_by_format": by_kind(test["positive"], figures["positive"], approval),
        "recall_by_unseen_format": by_kind(test["unseen"], figures["unseen"], approval),
        "false_alarms_by_kind": by_kind(test["negative"], figures["negative"], approval),
    }
    data = (pack / "model.onnx").read_bytes()
    manifest = {
        "format": "cabincrew.model/1",
        "id": "credentials",
        "version": VERSION,
        "description": "Scores added lines for leaked credentials: tokens, keys, passwords, connection strings.",
        "license": "Apache-2.0",
        "file": "model.onnx",
        "sha256": hashlib.sha256(data).hexdigest(),
        "input": {
            "select": "added-lines", "encoding": "bytes", "length": LENGTH, "stride": STRIDE, "pad": 0, "offset": 1,
            "tensor": "input", "dtype": "int32", "batch": 32,
        },
        "output": {"tensor": "score", "kind": "probability"},
        "thresholds": {"require_approval": approval, "deny": deny},
        "reason": "This added line looks like a leaked credential.",
        "fix": "Take the secret out of the change, revoke it if it was real, and map it with --secret instead.",
        "quality": quality,
        "training": {"scripts": "models/training/credentials", "seed": 2026, "test_split": "other packages, seeds and templates than training"},
    }
    (pack / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    rows = [measure(figures, t) for t in sorted({0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.98, 0.99, 0.995, deny, approval})]
    print(table(rows))
    print(json.dumps(quality, indent=1))
    readme = pack / "README.md"
    if readme.exists():
        before, _, rest = readme.read_text().partition("<!-- figures -->")
        after = rest.partition("<!-- /figures -->")[2]
        readme.write_text(f"{before}<!-- figures -->\n{table(rows)}<!-- /figures -->{after}")
    for kind in ("negative", "ordinary"):
        worst = sorted(zip(figures[kind], test[kind]), key=lambda pair: -pair[0])[:25]
        print("\n".join(f"{score:.4f} {name} {line[:140]}" for score, (line, name) in worst))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
