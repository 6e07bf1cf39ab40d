"""A two-layer BERT-like encoder, trained in a minute on one processor and written as ONNX node by node.

Inputs input_ids, attention_mask, token_type_ids [N, L] (int64), output logits [N, 3].
"""

import random

import jax
import jax.numpy as jnp
import numpy as np
import optax
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from texts import CLASSES, chunk, line, pieces

LENGTH, WIDTH, HEADS, LAYERS, INNER, VOCAB = 48, 32, 2, 2, 64, 512
STEPS, BATCH, SEED = 500, 64, 2026


def make_tokenizer() -> Tokenizer:
    rng = random.Random(SEED)
    texts = [line(rng, kind) for _ in range(4000) for kind in CLASSES]
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words = [word for text in texts for word, _ in made.pre_tokenizer.pre_tokenize_str(made.normalizer.normalize_str(text))]
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    vocabulary = special + list(pieces(words, "##", VOCAB - len(special)))
    made.model = models.WordPiece({piece: index for index, piece in enumerate(vocabulary)}, unk_token="[UNK]")
    made.add_special_tokens(special)
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return made


def encode(tokenizer: Tokenizer, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    ids = np.zeros((len(texts), LENGTH), np.int64)
    mask = np.zeros_like(ids)
    for row, encoding in enumerate(tokenizer.encode_batch(texts)):
        kept = encoding.ids[:LENGTH]
        ids[row, : len(kept)] = kept
        mask[row, : len(kept)] = 1
    return ids, mask


def initial(rng: np.random.Generator, vocabulary: int) -> dict:
    shapes = {"words": (vocabulary, WIDTH), "places": (LENGTH, WIDTH), "types": (2, WIDTH), "head": (WIDTH, len(CLASSES))}
    for layer in range(LAYERS):
        for name in ("q", "k", "v", "o"):
            shapes[f"{name}{layer}"] = (WIDTH, WIDTH)
        shapes[f"up{layer}"], shapes[f"down{layer}"] = (WIDTH, INNER), (INNER, WIDTH)
    made = {name: rng.normal(0, shape[0] ** -0.5 if name[0] in "qkvouhd" else 0.1, shape) for name, shape in shapes.items()}
    return {name: value.astype(np.float32) for name, value in made.items()}


def normed(x):
    mean = x.mean(-1, keepdims=True)
    return (x - mean) / jnp.sqrt(((x - mean) ** 2).mean(-1, keepdims=True) + 1e-5)


def forward(weights: dict, ids, mask):
    x = normed(weights["words"][ids] + weights["places"] + weights["types"][0])
    split = lambda y: y.reshape(*y.shape[:2], HEADS, WIDTH // HEADS).transpose(0, 2, 1, 3)
    for layer in range(LAYERS):
        q, k, v = (split(x @ weights[f"{name}{layer}"]) for name in "qkv")
        scores = q @ k.transpose(0, 1, 3, 2) / (WIDTH // HEADS) ** 0.5 + (1 - mask[:, None, None, :]) * -1e4
        mixed = (jax.nn.softmax(scores) @ v).transpose(0, 2, 1, 3).reshape(x.shape)
        x = normed(x + mixed @ weights[f"o{layer}"])
        x = normed(x + jax.nn.relu(x @ weights[f"up{layer}"]) @ weights[f"down{layer}"])
    return x[:, 0] @ weights["head"]


def train(tokenizer: Tokenizer) -> dict:
    rng = random.Random(SEED + 1)
    weights = initial(np.random.default_rng(SEED), tokenizer.get_vocab_size())
    optimizer = optax.adam(3e-3)
    state = optimizer.init(weights)

    @jax.jit
    def step(weights, state, ids, mask, labels):
        loss = lambda w: optax.softmax_cross_entropy_with_integer_labels(forward(w, ids, mask), labels).mean()
        value, gradient = jax.value_and_grad(loss)(weights)
        change, state = optimizer.update(gradient, state)
        return optax.apply_updates(weights, change), state, value

    for number in range(STEPS):
        labels = [rng.randrange(len(CLASSES)) for _ in range(BATCH)]
        ids, mask = encode(tokenizer, [chunk(rng, CLASSES[label], rng.randint(1, 3)) for label in labels])
        weights, state, value = step(weights, state, ids, mask.astype(np.float32), np.array(labels))
        if number % 100 == 99:
            print(f"step {number + 1}: loss {float(value):.4f}")
    return {name: np.asarray(value) for name, value in weights.items()}


def to_onnx(weights: dict):
    """The same sums as forward(), in the operators of ONNX."""
    nodes, constants = [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(operator, inputs, **attributes):
        name = f"n{len(nodes)}"
        nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    for name, value in weights.items():
        constant(name, value)
    constant("one", np.ones(WIDTH, np.float32))
    constant("nought", np.zeros(WIDTH, np.float32))
    constant("far", np.float32(-1e4))
    constant("unit", np.float32(1))
    constant("scale", np.float32((WIDTH // HEADS) ** 0.5))
    constant("heads", np.array([0, LENGTH, HEADS, WIDTH // HEADS], np.int64))
    constant("joined", np.array([0, LENGTH, WIDTH], np.int64))
    constant("first", np.int64(0))
    constant("axes", np.array([1, 2], np.int64))
    norm = lambda x: add("LayerNormalization", [x, "one", "nought"], axis=-1, epsilon=1e-5)
    split = lambda x, order: add("Transpose", [add("Reshape", [x, "heads"])], perm=order)

    x = add("Add", [add("Gather", ["words", "input_ids"]), "places"])
    x = norm(add("Add", [x, add("Gather", ["types", "token_type_ids"])]))
    gone = add("Sub", ["unit", add("Cast", ["attention_mask"], to=TensorProto.FLOAT)])
    hidden = add("Unsqueeze", [add("Mul", [gone, "far"]), "axes"])
    for layer in range(LAYERS):
        q = split(add("MatMul", [x, f"q{layer}"]), [0, 2, 1, 3])
        k = split(add("MatMul", [x, f"k{layer}"]), [0, 2, 3, 1])
        v = split(add("MatMul", [x, f"v{layer}"]), [0, 2, 1, 3])
        scores = add("Add", [add("Div", [add("MatMul", [q, k]), "scale"]), hidden])
        mixed = add("Transpose", [add("MatMul", [add("Softmax", [scores], axis=-1), v])], perm=[0, 2, 1, 3])
        x = norm(add("Add", [x, add("MatMul", [add("Reshape", [mixed, "joined"]), f"o{layer}"])]))
        inner = add("MatMul", [add("Relu", [add("MatMul", [x, f"up{layer}"])]), f"down{layer}"])
        x = norm(add("Add", [x, inner]))
    nodes.append(helper.make_node("MatMul", [add("Gather", [x, "first"], axis=1), "head"], ["logits"]))
    values = lambda name, kind, shape: helper.make_tensor_value_info(name, kind, shape)
    inputs = [values(name, TensorProto.INT64, ["N", LENGTH]) for name in ("input_ids", "attention_mask", "token_type_ids")]
    outputs = [values("logits", TensorProto.FLOAT, ["N", len(CLASSES)])]
    graph = helper.make_graph(nodes, "encoder", inputs, outputs, constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], producer_name="cabincrew")
    made.ir_version = 9
    return made
