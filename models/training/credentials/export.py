"""Writes the weights as the ONNX file that ships: `python export.py WEIGHTS.npz model.onnx`."""

import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

import network
from dataset import LENGTH


def export(weights):
    initializers, nodes = [], []

    def constant(name, value):
        initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(kind, inputs, output, **attributes):
        nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    # Two-dimensional convolutions over a height of one: onnxruntime has much faster kernels for them.
    x = node("Gather", [constant("embedding", weights["embedding"]), "input"], "embedded")
    x = node("Transpose", [x], "channels_first", perm=[0, 2, 1])
    x = node("Unsqueeze", [x, constant("height", np.array([2], np.int64))], "image")
    for index, (kernel, out) in enumerate(network.LAYERS):
        side = (kernel - 1) // 2
        weight = weights[f"conv{index}"].reshape(kernel, -1, out).transpose(2, 1, 0)[:, :, None, :]
        names = [constant(f"conv{index}", weight), constant(f"conv{index}_bias", weights[f"conv{index}_bias"])]
        x = node("Conv", [x, *names], f"sum{index}", kernel_shape=[1, kernel], strides=[1, 2], pads=[0, side, 0, side])
        x = node("Relu", [x], f"feature{index}")
    pooled = [node("GlobalMaxPool", [x], "highest"), node("GlobalAveragePool", [x], "mean")]
    x = node("Flatten", [node("Concat", pooled, "pooled", axis=1)], "flat", axis=1)
    x = node("Gemm", [x, constant("dense", weights["dense"]), constant("dense_bias", weights["dense_bias"])], "hidden_sum")
    x = node("Relu", [x], "hidden")
    x = node("Gemm", [x, constant("out", weights["out"]), constant("out_bias", weights["out_bias"])], "logit")
    node("Sigmoid", [x], "score")
    graph = helper.make_graph(
        nodes,
        "credentials",
        [helper.make_tensor_value_info("input", TensorProto.INT32, ["N", LENGTH])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["N", 1])],
        initializers,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], producer_name="cabincrew")
    model.ir_version = 9
    checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


if __name__ == "__main__":
    weights = dict(np.load(sys.argv[1]))
    Path(sys.argv[2]).write_bytes(export(weights))
