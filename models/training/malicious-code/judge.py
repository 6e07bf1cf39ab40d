"""
Does a model of malicious code beat rules? `python judge.py CORPUS HELDOUT [STEPS]` trains the network of ../credentials on lines of seven
families of techniques and on lines of packages, and compares it with rules.py on snippets of seven other families and on lines of other
packages, at as many false alarms as the rules have and at ten times as many. A snippet is found where one of its lines is. Writes the table in README.md.
"""

import os
import random
import sys
from pathlib import Path

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
sys.path.insert(0, str(Path(__file__).parent.parent / "credentials"))

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402

import corpus  # noqa: E402
import heldout  # noqa: E402
import importlib.util  # noqa: E402
import network  # noqa: E402
import techniques  # noqa: E402
from compare import between, wilson  # noqa: E402
from dataset import windows  # noqa: E402

# Both folders have a rules.py.
spec = importlib.util.spec_from_file_location("code_rules", Path(__file__).parent / "rules.py")
rules = importlib.util.module_from_spec(spec)
spec.loader.exec_module(rules)

SEED, BATCH = 2026, 256


def ordinary(directory, packages, count, seed):
    """Lines of packages, minified bundles and install scripts among them."""
    found = []
    for registry, name, version in packages:
        lines = corpus.lines_of(heldout.archive_of(directory, registry, name, version), random.Random(f"{seed} {name}"))
        found += lines[:count]
    return found


def snippets(rng, families, each):
    return [(family, families[family](rng)) for family in families for _ in range(each)]


def scores(weights, texts):
    rows, owners = [], []
    for index, line in enumerate(texts):
        cut = windows(line)
        rows += cut
        owners += [index] * len(cut)
    result = np.full(len(texts), -99.0)
    run = jax.jit(network.logits)
    for at in range(0, len(rows), 2048):
        part = rows[at : at + 2048]
        batch = np.zeros((2048, len(part[0])), np.int32)
        batch[: len(part)] = np.stack(part)
        np.maximum.at(result, owners[at : at + len(part)], np.asarray(run(weights, jnp.asarray(batch)))[: len(part)])
    return result


def train(bad, good, steps):
    rows, labels = [], []
    rng = random.Random(SEED)
    for lines, label in ((bad, 1), (good, 0)):
        for line in lines:
            cut = windows(line)
            for row in cut if len(cut) <= 2 else rng.sample(cut, 2):
                rows.append(row)
                labels.append(label)
    rows, labels = np.stack(rows), np.array(labels, np.float32)
    pools = [np.flatnonzero(labels == 1), np.flatnonzero(labels == 0)]
    weights = network.initialise(SEED)
    optimiser = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(optax.warmup_cosine_decay_schedule(0, 3e-3, 50, steps, 3e-5), weight_decay=1e-4))
    state = optimiser.init(weights)

    @jax.jit
    def step(weights, state, x, y, key):
        gradient = jax.grad(lambda w: optax.sigmoid_binary_cross_entropy(network.logits(w, x, key), y).mean())(weights)
        updates, state = optimiser.update(gradient, state, weights)
        return optax.apply_updates(weights, updates), state

    draw = np.random.default_rng(SEED)
    for number in range(steps):
        chosen = np.concatenate([draw.choice(pools[0], BATCH // 4), draw.choice(pools[1], BATCH - BATCH // 4)])
        weights, state = step(weights, state, jnp.asarray(rows[chosen], jnp.int32), jnp.asarray(labels[chosen]), jax.random.key(number))
    return weights


def found_by(snippets_, known):
    """Per family and over all: how many snippets have a line in `known`."""
    families = {}
    for family, lines in snippets_:
        families.setdefault(family, []).append(any(line in known for line in lines))
    every = [hit for hits in families.values() for hit in hits]
    return {**{family: np.mean(hits) for family, hits in families.items()}, "all": np.mean(every)}, wilson(sum(every), len(every))


def main(directory, heldout_directory, steps):
    rng = random.Random("malicious training")
    seen = snippets(rng, techniques.TRAIN, 3000)
    train_packages = [(registry, name, version) for split, registry, name, version in corpus.packages() if split == "train"]
    good = ordinary(directory, train_packages, 3000, 1) + [techniques.benign(rng) for _ in range(20000)]
    bad = [max(lines, key=len) for _, lines in seen]
    weights = train(bad, good, steps)

    rng = random.Random("malicious test")
    test_packages = [(registry, name, version) for _, registry, name, version, _ in heldout.packages()]
    harmless = [*ordinary(heldout_directory, test_packages, 2500, 2)]
    tricky = sorted({techniques.benign(rng) for _ in range(4000)})
    known, unknown = snippets(rng, techniques.TRAIN, 300), snippets(rng, techniques.TEST, 300)
    texts = [*harmless, *tricky, *(line for _, lines in known + unknown for line in lines)]
    judged = dict(zip(texts, scores(weights, texts)))
    by_rules = {line for line in texts if rules.flags(line)}
    ranked = sorted((judged[line] for line in harmless + tricky), reverse=True)
    alarms = sum(line in by_rules for line in harmless + tricky)
    judges = {"the rules": by_rules}
    for title, allowed in (("the model, as many false alarms", alarms), ("the model, ten times as many", 10 * alarms)):
        judges[title] = {line for line in texts if judged[line] > ranked[allowed]}
    rows = {"false alarms, ordinary lines": [f"{sum(l in hits for l in harmless)} of {len(harmless):,}" for hits in judges.values()]}
    rows["false alarms, harmless lines with the words of attacks"] = [f"{sum(l in hits for l in tricky)} of {len(tricky):,}" for hits in judges.values()]
    for group, items in (("seen in training", known), ("kept away", unknown)):
        found = [found_by(items, hits) for hits in judges.values()]
        rows[f"**found, families {group}**"] = [f"{shares['all']:.1%} ({low:.1%}–{high:.1%})" for shares, (low, high) in found]
        for family in found[0][0]:
            if family != "all":
                rows[family.replace("_", " ")] = [f"{shares[family]:.1%}" for shares, _ in found]
    table = "".join(f"| {' | '.join(cells)} |\n" for cells in [["", *judges], ["---"] * (len(judges) + 1), *([title, *cells] for title, cells in rows.items())])
    print(table)
    readme = Path(__file__).parent / "README.md"
    readme.write_text(between(readme.read_text(), "figures", table))
    print("ordinary lines the rules flag:")
    for line in [l for l in harmless if l in by_rules][:20]:
        print("  ", rules.flags(line), line[:140])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 700)
