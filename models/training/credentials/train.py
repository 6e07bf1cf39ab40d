"""
Trains on the train split: `python train.py CORPUS WEIGHTS.npz [STEPS [EARLIER.npz]]`, from earlier weights where given, at a
third of the rate. Seeds are fixed and sums are taken on one core in one order: the same versions on the same kind of processor
give the same weights, bit by bit.
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
BATCH = 512
STEPS = int(sys.argv[3]) if len(sys.argv) > 3 else 4800
RATE = 3e-3


def cached(directory):
    """Generating takes a minute, so evaluate.py reads what train.py generated."""
    file = directory / "splits.pickle"
    if not file.exists():
        file.write_bytes(pickle.dumps(dataset.load(directory)))
    return pickle.loads(file.read_bytes())


def main(directory, target, earlier=None):
    windows, labels = dataset.training_arrays(cached(directory)["train"])
    print(f"{len(labels)} windows, {labels.mean():.3f} positive", flush=True)
    rate = RATE / 3 if earlier else RATE
    weights = {name: jnp.asarray(value) for name, value in np.load(earlier).items()} if earlier else network.initialise(SEED)
    schedule = optax.warmup_cosine_decay_schedule(0, rate, min(200, STEPS // 10), STEPS, rate / 100)
    optimiser = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule, weight_decay=1e-4))
    state = optimiser.init(weights)

    def loss(weights, x, y, key):
        return optax.sigmoid_binary_cross_entropy(network.logits(weights, x, key), y).mean()

    @jax.jit
    def step(weights, state, x, y, key):
        value, gradient = jax.value_and_grad(loss)(weights, x, y, key)
        updates, state = optimiser.update(gradient, state, weights)
        return optax.apply_updates(weights, updates), state, value

    rng = np.random.default_rng(SEED)
    order, at, running = rng.permutation(len(labels)), 0, []
    started = time.time()
    for number in range(STEPS):
        if at + BATCH > len(order):
            order, at = rng.permutation(len(labels)), 0
        chosen = order[at : at + BATCH]
        at += BATCH
        x, y = jnp.asarray(windows[chosen], jnp.int32), jnp.asarray(labels[chosen])
        weights, state, value = step(weights, state, x, y, jax.random.key(number))
        running.append(float(value))
        if number % 200 == 199:
            print(f"step {number + 1} loss {np.mean(running[-200:]):.5f} {time.time() - started:.0f} s", flush=True)
    np.savez(target, **{name: np.asarray(value) for name, value in weights.items()})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[4] if len(sys.argv) > 4 else None)
