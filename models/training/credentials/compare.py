"""
The model beside the rules and CredSweeper on the same lines: `python compare.py DIR CORPUS PACK SWEEPER_PYTHON [PART [EARLIER_PACK]]`. Precision and recall
with Wilson's 95 % intervals, what is missed and what is falsely flagged, for the pack of an earlier version too where one is given. All but those of `look` go into
the tables of PACK/README.md and into PACK/manifest.json, those of `final` into the curve in PACK/thresholds.png too.
"""

import json
import math
import pickle
import sys
from collections import Counter
from pathlib import Path

import numpy as np

import heldout
import rules
import sweeper
from evaluate import Model

# The part `fresh` is for one file at its thresholds, whose digest is written here before it is measured (fresh.md). None was yet.
FRESH = None


def wilson(hits, total):
    """The 95 % interval of a proportion."""
    if total == 0:
        return (0.0, 1.0)
    z, p = 1.96, hits / total
    middle, spread = p + z * z / (2 * total), z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    return (round((middle - spread) / (1 + z * z / total), 4), round((middle + spread) / (1 + z * z / total), 4))


def share(hits, total):
    return {"value": round(hits / max(1, total), 4), "interval": wilson(hits, total)}


def measure(labels, flagged):
    """Figures of one judge; `flagged` holds a truth value a line."""
    secret = np.array([label.startswith("secret:") for label in labels])
    new = np.array([label.startswith("secret:new:") for label in labels])
    like = np.array([label.startswith("like:") for label in labels])
    plain = ~secret & ~like
    true, false = int((secret & flagged).sum()), int((~secret & flagged).sum())
    precision, recall = true / max(1, true + false), true / int(secret.sum())
    return {
        "precision": share(true, true + false),
        "recall": share(true, int(secret.sum())),
        "f1": round(2 * precision * recall / max(1e-9, precision + recall), 4),
        "recall_new_formats": share(int((new & flagged).sum()), int(new.sum())),
        "false_alarms_like": share(int((like & flagged).sum()), int(like.sum())),
        "false_alarms_ordinary": share(int((plain & flagged).sum()), int(plain.sum())),
    }


def by_label(labels, judges):
    """{label: (lines, flagged by each judge)}"""
    total = Counter(labels)
    return {label: (total[label], {name: int(sum(f for l, f in zip(labels, flagged) if l == label)) for name, flagged in judges.items()}) for label in sorted(total)}


def table(figures):
    def cell(value):
        return f"{value['value']:.4f} ({value['interval'][0]:.3f}–{value['interval'][1]:.3f})"

    def rate(value):
        return f"{value['value']:.2%}"

    rows = ["| judge | precision | recall | F1 | recall, new formats | alarms, look-alikes | alarms, ordinary lines |", "| --- | --- | --- | --- | --- | --- | --- |"]
    for name, f in figures.items():
        rows.append(f"| {name} | {cell(f['precision'])} | {cell(f['recall'])} | {f['f1']:.3f} | {cell(f['recall_new_formats'])} | {rate(f['false_alarms_like'])} | {f['false_alarms_ordinary']['value']:.3%} |")
    return "\n".join(rows) + "\n"


def failures(kinds):
    names = list(next(iter(kinds.values()))[1])
    rows = [f"| lines | of them | {' | '.join(names)} |", f"| --- | --- |{' --- |' * len(names)}"]
    for label, (total, hits) in kinds.items():
        if label.startswith("secret:"):
            counts, title = {name: total - hits[name] for name in names}, "missed: " + label.removeprefix("secret:").replace("new:", "new format ")
        else:
            counts, title = hits, "flagged: " + label.removeprefix("like:").replace("plain", "ordinary line")
        if any(counts.values()):
            rows.append(f"| {title} | {total} | {' | '.join(str(counts[name]) for name in names)} |")
    return "\n".join(rows) + "\n"


def picture(labels, scores, points, target):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    secret = np.array([label.startswith("secret:") for label in labels])
    thresholds = np.concatenate([np.linspace(0.01, 0.99, 99), [0.995, 0.999]])
    recall = [(scores[secret] >= t).mean() for t in thresholds]
    precision = [secret[scores >= t].mean() if (scores >= t).any() else 1 for t in thresholds]
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.6), dpi=110)
    left.plot(thresholds, precision, label="precision")
    left.plot(thresholds, recall, label="recall")
    for name, (threshold, _) in points.items():
        if threshold is not None:
            left.axvline(threshold, linestyle=":", color="grey")
    left.set(xlabel="threshold", title="the model, by threshold")
    right.plot(recall, precision, color="tab:blue", label="the model")
    for (name, (_, f)), marker in zip(points.items(), "o^sDv"):
        right.plot(f["recall"]["value"], f["precision"]["value"], marker, label=name)
    right.set(xlabel="recall", ylabel="precision", title="the same lines")
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.legend(fontsize=7, loc="best", framealpha=0.5)
    figure.tight_layout()
    figure.savefig(target, metadata={"Software": None})


def between(text, mark, new):
    before, _, rest = text.partition(f"<!-- {mark} -->")
    after = rest.partition(f"<!-- /{mark} -->")[2]
    return f"{before}<!-- {mark} -->\n{new}<!-- /{mark} -->{after}" if rest else text


def main(directory, corpus, pack, python, part="final", earlier=None):
    files = heldout.load(directory, corpus)[part]
    places = [(name, number, line, label) for name, labelled in files for number, (line, label) in enumerate(labelled, 1) if label]
    labels = [label for *_, label in places]
    manifest = json.loads((pack / "manifest.json").read_text())
    assert part != "fresh" or (manifest["sha256"], manifest["thresholds"]) == FRESH, "`fresh` is not for choosing a model or a threshold by"
    items = [(heldout.squeezed(line), label) for _, _, line, label in places]
    scores = Model(pack / "model.onnx").score(items)
    cache = directory / f"sweeper.{part}.pickle"
    if not cache.exists():
        cache.write_bytes(pickle.dumps(sweeper.flagged(python, files)))
    swept, severe = pickle.loads(cache.read_bytes())
    asks, stops = manifest["thresholds"]["require_approval"], manifest["thresholds"]["deny"]
    judges = {
        f"the model, asks ({asks})": scores >= asks,
        f"the model, stops ({stops})": scores >= stops,
        "the rules": np.array([rules.flags(line) for _, _, line, _ in places]),
        f"CredSweeper {sweeper.VERSION}": np.array([(name, number) in swept for name, number, *_ in places]),
        "CredSweeper without `info`": np.array([(name, number) in severe for name, number, *_ in places]),
    }
    if earlier:
        before = json.loads((Path(earlier) / "manifest.json").read_text())
        others = Model(Path(earlier) / "model.onnx").score(items)
        judges |= {f"version {before['version']}, {verb} ({before['thresholds'][key]})": others >= before["thresholds"][key] for verb, key in (("asks", "require_approval"), ("stops", "deny"))}
    figures = {name: measure(labels, flagged) for name, flagged in judges.items()}
    kinds = by_label(labels, judges)
    print(part, dict(heldout.summary(files)))
    print(table(figures))
    print(failures(kinds))
    if part == "look":
        return
    key, lists = {"final": ("heldout", "failures"), "untouched": ("untouched", "untouched failures"), "fresh": ("fresh", "fresh failures")}[part]
    if part == "final":
        picture(labels, scores, {name: (threshold, figures[name]) for name, threshold in zip(judges, (asks, stops, None, None, None))}, pack / "thresholds.png")
    counts = {"secret": sum(l.startswith("secret:") for l in labels), "look_alike": sum(l.startswith("like:") for l in labels), "ordinary": labels.count("plain")}
    manifest["quality"][key] = {"lines": counts, **dict(zip(("require_approval", "deny", "rules", "credsweeper", "credsweeper_without_info", "earlier_require_approval", "earlier_deny"), figures.values()))}
    (pack / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    readme = pack / "README.md"
    readme.write_text(between(between(readme.read_text(), key, table(figures)), lists, failures(kinds)))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), *sys.argv[4:])
