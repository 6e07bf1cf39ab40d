"""Makes the example packs beside this file and what the tests expect of them. Deterministic on one machine.

    pip install -r requirements.txt && python make.py

`shell-lines` is a tokenized transformer on chunks of added lines, `strange-files` a gradient-boosted tree on numbers computed from
changes. The expected values are computed here, with Hugging Face's tokenizers and Python's onnxruntime.
"""

import hashlib
import json
import math
import os
import random
import sys
from pathlib import Path

# Sets of names are walked in an order that hashing gives, sums of floats in an order that threads give.
PINNED = {"PYTHONHASHSEED": "0", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "OMP_NUM_THREADS": "1"}
if any(os.environ.get(name) != value for name, value in PINNED.items()):
    os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | PINNED)

import numpy as np
import onnxruntime
from skl2onnx import to_onnx as sklearn_to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import GradientBoostingClassifier
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

import transformer
from changes import FEATURES, change, features
from texts import CLASSES, chunk, line, pieces

HERE = Path(__file__).parent
FIXTURES = HERE.parent.parent / "test" / "fixtures" / "models"
CASES = 150
ODD = [
    "", " ", "\t\n", "Größe café naïve", "日本語のテキスト", "emoji 🚀 and 👩‍💻", "a" * 300, "[CLS] not special [SEP]", "x\u200by\u202ez",
    "ÅÄÖ İstanbul ﬁ", "e\u0301 combined", "0x1F 3.14e-10 1_000", "don't can't I'll", "\u00a0nbsp\u2003em", "http://a.b/c?d=e&f#g",
    "한국어 조사", "Ελληνικά ΣΑΣ", "кириллица", "a\u0000b", "--flag=\"quoted\\\"\"",
]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def write(directory: Path, name: str, data: bytes) -> str:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / name).write_bytes(data)
    return digest(data)


def write_json(file: Path, value, **style) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value, **style) + "\n")


def windows(ids: list[int], room: int) -> list[list[int]]:
    """As spec/models.md says: half a window apart, the last one ends where the ids end."""
    starts = list(range(0, max(0, len(ids) - room), -(-room // 2))) + [max(0, len(ids) - room)]
    return [ids[start : start + room] for start in starts]


def softmax(logits: np.ndarray) -> np.ndarray:
    power = np.exp(logits.astype(np.float64) - logits.max(-1, keepdims=True))
    return power / power.sum(-1, keepdims=True)


def shell_lines() -> None:
    pack = HERE / "shell-lines"
    tokenizer = transformer.make_tokenizer()
    model = transformer.to_onnx(transformer.train(tokenizer)).SerializeToString(deterministic=True)
    write_json(pack / "manifest.json", {
        "format": "cabincrew.model/1",
        "id": "shell-lines",
        "version": "1.0.0",
        "description": "An example: finds lines that download and run, or destroy. Made-up training data; not for use.",
        "license": "Apache-2.0",
        "file": "model.onnx",
        "sha256": write(pack, "model.onnx", model),
        "input": {
            "select": "added-chunks",
            "chunk": {"lines": 3, "overlap": 1},
            "encoding": "tokens",
            "tokenizer": {
                "file": "tokenizer.json",
                "sha256": write(pack, "tokenizer.json", tokenizer.to_str().encode()),
                "vocab_size": tokenizer.get_vocab_size(),
            },
            "length": transformer.LENGTH,
            "pad": 0,
            "tensors": {"ids": "input_ids", "attention_mask": "attention_mask", "token_type_ids": "token_type_ids"},
            "dtype": "int64",
        },
        "outputs": [{
            "tensor": "logits",
            "kind": "softmax",
            "classes": [
                {"name": "ordinary"},
                {"name": "download-and-run", "thresholds": {"require_approval": 0.5, "deny": 0.9}},
                {"name": "destructive", "thresholds": {"warn": 0.3, "require_approval": 0.6}},
            ],
        }],
        "reason": "This looks like {class} ({score}).",
    }, indent=2)
    rng = random.Random(7)
    texts = ODD + [chunk(rng, rng.choice(CLASSES), rng.randint(1, 6)) for _ in range(CASES - len(ODD))]
    session = onnxruntime.InferenceSession(model)
    cases = []
    for text in texts:
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        rows = [[2, *window, 3] for window in windows(ids, transformer.LENGTH - 2)]
        padded = np.array([row + [0] * (transformer.LENGTH - len(row)) for row in rows], np.int64)
        mask = np.array([[1] * len(row) + [0] * (transformer.LENGTH - len(row)) for row in rows], np.int64)
        (logits,) = session.run(None, {"input_ids": padded, "attention_mask": mask, "token_type_ids": padded * 0})
        cases.append({"text": text, "ids": ids, "scores": softmax(logits).max(0).round(7).tolist()})
    write_json(FIXTURES / "expected" / "shell-lines.json", cases)


def strange_files() -> None:
    pack = HERE / "strange-files"
    rng = random.Random(11)
    labels = [rng.randrange(2) for _ in range(2000)]
    rows = np.array([features(change(rng, bool(label)), rng.randrange(1, 9)) for label in labels], np.float32)
    trees = GradientBoostingClassifier(n_estimators=30, max_depth=3, random_state=1).fit(rows, labels)
    shape = [("features", FloatTensorType([None, len(FEATURES)]))]
    convert = lambda zipmap: sklearn_to_onnx(trees, initial_types=shape, target_opset=18, options={"zipmap": zipmap})
    model = convert(False).SerializeToString(deterministic=True)
    manifest = {
        "format": "cabincrew.model/1",
        "id": "strange-files",
        "version": "1.0.0",
        "description": "An example: finds files that hide something, by numbers alone. Made-up training data; not for use.",
        "license": "Apache-2.0",
        "file": "model.onnx",
        "sha256": write(pack, "model.onnx", model),
        "applies_to": {"exclude": ["**/*.lock", "vendor/**"]},
        "input": {
            "select": "artifacts", "encoding": "features", "feature_set": 1, "features": FEATURES, "tensor": "features",
            "dtype": "float32",
        },
        "outputs": [
            {"tensor": "label", "kind": "label", "labels": {"0": "allow", "1": "warn"}},
            {"tensor": "probabilities", "kind": "probabilities", "classes": [
                {"name": "plain"}, {"name": "strange", "thresholds": {"require_approval": 0.8}},
            ]},
        ],
    }
    write_json(pack / "manifest.json", manifest, indent=2)
    mapped = convert(True).SerializeToString(deterministic=True)
    output = {"tensor": "output_probability", "kind": "probabilities", "classes": manifest["outputs"][1]["classes"]}
    write_json(FIXTURES / "zipmap" / "manifest.json", manifest | {
        "id": "zipmap", "sha256": write(FIXTURES / "zipmap", "model.onnx", mapped), "outputs": [output],
    }, indent=2)
    session = onnxruntime.InferenceSession(model)
    changes = [change(rng, rng.random() < 0.5) for _ in range(CASES)]
    table = np.array([features(made, len(changes)) for made in changes], np.float32)
    given, probabilities = session.run(["label", "probabilities"], {"features": table})
    write_json(FIXTURES / "expected" / "strange-files.json", [
        {"change": made, "features": features(made, len(changes)), "label": int(label), "scores": scores.round(7).tolist()}
        for made, label, scores in zip(changes, given, probabilities.astype(np.float64))
    ])


def tokenizers() -> None:
    """Two more ways of tokenizing, for which only the ids are compared."""
    rng = random.Random(5)
    corpus = [line(rng, kind) for _ in range(1500) for kind in CLASSES] + ODD
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.post_processor = processors.ByteLevel(trim_offsets=True)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(corpus, trainers.BpeTrainer(vocab_size=500, initial_alphabet=alphabet, special_tokens=["<s>"], show_progress=False))
    metaspace = pre_tokenizers.Metaspace()
    counted = pieces([word for text in corpus for word, _ in metaspace.pre_tokenize_str(text)], "", 400)
    total = sum(counted.values())
    scored = [(piece, math.log(count / total)) for piece, count in counted.items()]
    unigram = Tokenizer(models.Unigram([("<unk>", -20.0), *scored], unk_id=0))
    unigram.normalizer = normalizers.NFKC()
    unigram.pre_tokenizer = metaspace
    texts = ODD + [line(rng, rng.choice(CLASSES)) for _ in range(CASES - len(ODD))]
    for name, made in {"byte-level-bpe": bpe, "unigram": unigram}.items():
        write(FIXTURES / "expected", f"{name}.tokenizer.json", made.to_str().encode())
        cases = [{"text": text, "ids": made.encode(text, add_special_tokens=False).ids} for text in texts]
        write_json(FIXTURES / "expected" / f"{name}.json", cases)


shell_lines()
strange_files()
tokenizers()
