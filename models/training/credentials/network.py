"""The network: byte embedding, three strided convolutions, global maximum and mean, two dense layers. About 60,000 weights."""

import jax
import jax.numpy as jnp

EMBEDDING = 16
# (kernel, channels) of each convolution; the stride is 2 everywhere.
LAYERS = [(5, 32), (5, 64), (7, 64)]
DENSE = 32
DROPOUT = 0.2


def initialise(seed):
    keys = iter(jax.random.split(jax.random.key(seed), 16))
    weights = {"embedding": jax.random.normal(next(keys), (257, EMBEDDING)) * 0.3}
    channels = EMBEDDING
    for index, (kernel, out) in enumerate(LAYERS):
        fan_in = kernel * channels
        weights[f"conv{index}"] = jax.random.normal(next(keys), (fan_in, out)) * (2 / fan_in) ** 0.5
        weights[f"conv{index}_bias"] = jnp.zeros(out)
        channels = out
    weights["dense"] = jax.random.normal(next(keys), (2 * channels, DENSE)) * (1 / channels) ** 0.5
    weights["dense_bias"] = jnp.zeros(DENSE)
    weights["out"] = jax.random.normal(next(keys), (DENSE, 1)) * 0.1
    weights["out_bias"] = jnp.zeros(1)
    return weights


def convolve(x, weight, bias, kernel):
    """Convolution of stride 2 as one matrix product: on a CPU much faster to train than the general form."""
    side = (kernel - 1) // 2
    half = x.shape[1] // 2
    padded = jnp.pad(x, ((0, 0), (side, side + 1), (0, 0)))
    taps = [padded[:, tap : tap + 2 * half : 2] for tap in range(kernel)]
    return jax.nn.relu(jnp.concatenate(taps, axis=2) @ weight + bias)


def logits(weights, windows, key=None):
    x = weights["embedding"][windows]
    for index, (kernel, _) in enumerate(LAYERS):
        x = convolve(x, weights[f"conv{index}"], weights[f"conv{index}_bias"], kernel)
    x = jnp.concatenate([x.max(axis=1), x.mean(axis=1)], axis=1)
    if key is not None:
        x = x * jax.random.bernoulli(key, 1 - DROPOUT, x.shape) / (1 - DROPOUT)
    x = jax.nn.relu(x @ weights["dense"] + weights["dense_bias"])
    return (x @ weights["out"] + weights["out_bias"])[:, 0]
