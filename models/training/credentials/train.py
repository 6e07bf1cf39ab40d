"""
Trains on the train split, from nothing: `python train.py CORPUS WEIGHTS.npz [wider]`; what ships is made without `wider` (README.md). Seeds are fixed and sums are taken on one
core in one order: the same versions on the same kind of processor give the same weights, bit by bit. Every 200 steps it writes WEIGHTS.npz.unfinished, from which the same command goes on after an interruption.
"""

import os
import pickle
import sys
import time
from pathlib import Path

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"

import jax
import jax.numpy as jnp
import numpy as np
import optax

import dataset
import network

SEED = 2026
BATCH, STEPS = 512, 6000
# With a fifth more windows: smaller batches and more of them, so that each window is seen about three times.
WIDER_BATCH, WIDER_STEPS = 256, 16_000
RATE = 3e-3


def cached(directory, wider=False):
    """Generating takes minutes, so evaluate.py reads what train.py generated."""
    file = directory / ("splits.wider.pickle" if wider else "splits.pickle")
    if not file.exists():
        file.write_bytes(pickle.dumps(dataset.load(directory, wider)))
    return pickle.loads(file.read_bytes())


def main(directory, target, wider=False):
    batch, total = (WIDER_BATCH, WIDER_STEPS) if wider else (BATCH, STEPS)
    windows, labels = dataset.training_arrays(cached(directory, wider)["train"])
    print(f"{len(labels)} windows, {labels.mean():.3f} positive", flush=True)
    weights = network.initialise(SEED)
    schedule = optax.warmup_cosine_decay_schedule(0, RATE, min(200, total // 10), total, RATE / 100)
    optimiser = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule, weight_decay=1e-4))
    state = optimiser.init(weights)

    def loss(weights, x, y, key):
        return optax.sigmoid_binary_cross_entropy(network.logits(weights, x, key), y).mean()

    @jax.jit
    def step(weights, state, x, y, key):
        value, gradient = jax.value_and_grad(loss)(weights, x, y, key)
        updates, state = optimiser.update(gradient, state, weights)
        return optax.apply_updates(weights, updates), state, value

    unfinished = target.with_name(f"{target.name}.unfinished")
    first, running, started = 0, [], time.time()
    if unfinished.exists():
        first, steps, weights, state = pickle.loads(unfinished.read_bytes())
        assert steps == total, f"{unfinished} is of a training of {steps} steps"
    batches = len(labels) // batch
    epoch, order = -1, None
    for number in range(first, total):
        if number // batches != epoch:
            epoch = number // batches
            order = np.random.default_rng([SEED, epoch]).permutation(len(labels))
        at = number % batches * batch
        chosen = order[at : at + batch]
        x, y = jnp.asarray(windows[chosen], jnp.int32), jnp.asarray(labels[chosen])
        weights, state, value = step(weights, state, x, y, jax.random.key(number))
        running.append(float(value))
        if number % 200 == 199:
            print(f"step {number + 1} loss {np.mean(running[-200:]):.5f} {time.time() - started:.0f} s", flush=True)
            partial = unfinished.with_suffix(".partial")
            partial.write_bytes(pickle.dumps((number + 1, total, *jax.device_get((weights, state)))))
            partial.replace(unfinished)
    np.savez(target, **{name: np.asarray(value) for name, value in weights.items()})
    unfinished.unlink(missing_ok=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:] == ["wider"])
