"""Small ONNX classifiers in the words of several exporters, and their logits by ONNX Runtime.

Written with the onnx package's helpers, independently of erde. Run:
    python imports.py        (needs: onnx, onnxruntime, numpy; writes imports/*.onnx and imports/imports.json)
"""
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(__file__).resolve().parent / "imports"
RANDOM = np.random.default_rng(20261121)
CASES = []


class File:
    """A graph under construction: nodes in order, tensors by name."""

    def __init__(self, shape, opset, output="logits"):
        self.shape, self.opset, self.output = shape, opset, output
        self.nodes, self.tensors, self.count = [], [], 0

    def weight(self, *shape, name=None, scale=None, low=None, high=None):
        if low is not None:
            values = RANDOM.uniform(low, high, shape)
        else:
            values = RANDOM.standard_normal(shape) * (scale or 1 / np.sqrt(max(1, np.prod(shape[1:]))))
        return self.tensor(values.astype(np.float32), name)

    def tensor(self, values, name=None):
        self.count += 1
        name = name or f"onnx::Conv_{self.count}"
        self.tensors.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def constant(self, values):
        """As a Constant node."""
        self.count += 1
        name = f"/Constant_{self.count}_output_0"
        self.nodes.append(helper.make_node("Constant", [], [name], value=numpy_helper.from_array(np.asarray(values))))
        return name

    def add(self, op, *inputs, outputs=1, **attributes):
        self.count += 1
        names = [f"/features/{self.count}/{op}_output_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, name=f"/features/{self.count}/{op}", **attributes))
        return names[0] if outputs == 1 else names

    def norm(self, x, channels):
        return self.add("BatchNormalization", x, self.weight(channels, low=0.5, high=1.5), self.weight(channels, scale=0.2),
                        self.weight(channels, scale=0.2), self.weight(channels, low=0.5, high=1.5), epsilon=1e-3)

    def save(self, name, last, classes, batch, external=False):
        self.nodes[-1].output[0] = self.output
        assert last
        dims = ["N" if self.shape[0] is None else self.shape[0], *self.shape[1:]]
        graph = helper.make_graph(
            self.nodes, "main", [helper.make_tensor_value_info("input.1", TensorProto.FLOAT, dims)],
            [helper.make_tensor_value_info(self.output, TensorProto.FLOAT, [dims[0], classes])], self.tensors)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], producer_name="golden")
        model.ir_version = 8
        onnx.checker.check_model(model, full_check=True)
        path = FOLDER / f"{name}.onnx"
        if external:
            onnx.save(model, path, save_as_external_data=True, all_tensors_to_one_file=True, location=f"{name}.data",
                      size_threshold=64)
            (FOLDER / f"{name}.data").chmod(0o644)
        else:
            onnx.save(model, path)
        images = RANDOM.random((batch, *self.shape[1:]), dtype=np.float32).round(3)
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        logits = session.run(None, {"input.1": images})[0]
        # Channels first, as erde takes images.
        first = images if self.shape[1] in (1, 3) else images.transpose(0, 3, 1, 2)
        CASES.append({"name": name, "shape": list(first.shape), "images": first.reshape(-1).astype(float).round(3).tolist(),
                      "logits": logits.reshape(-1).astype(float).tolist(), "classes": classes,
                      "isSoftmax": self.nodes[-1].op_type == "Softmax"})


def torch_like():
    """Groups, dilations, unfolded normalisation, ceil_mode, a Gemm head."""
    f = File([None, 3, 13, 11], 17)
    x = f.add("Conv", "input.1", f.weight(6, 3, 3, 3), kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 1])
    x = f.add("Relu", f.norm(x, 6))
    y = f.add("Conv", x, f.weight(6, 2, 3, 3), f.weight(6, scale=0.1), group=3, dilations=[2, 1], pads=[2, 1, 2, 1])
    x = f.add("Relu", f.add("Add", x, f.norm(y, 6)))
    x = f.add("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    x = f.add("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 0, 0], ceil_mode=1, count_include_pad=1)
    x = f.add("Flatten", f.add("GlobalAveragePool", x), axis=1)
    f.save("torch_like", f.add("Gemm", x, f.weight(4, 6), f.weight(4), transB=1), 4, 2)


def keras_like():
    """Channels last, Pad nodes, SAME padding, Clip as ReLU6, MatMul and Add, softmax at the end."""
    f = File([None, 12, 10, 3], 13, "dense")
    x = f.add("Transpose", "input.1", perm=[0, 3, 1, 2])
    x = f.add("Pad", x, f.tensor(np.array([0, 0, 0, 1, 0, 0, 1, 1], np.int64)))
    x = f.add("Conv", x, f.weight(8, 3, 3, 3), f.weight(8, scale=0.1), strides=[2, 2], auto_pad="VALID")
    x = f.add("Clip", x, f.constant(np.float32(0)), f.constant(np.float32(6)))
    x = f.add("Conv", x, f.weight(8, 1, 3, 3), f.weight(8, scale=0.1), group=8, strides=[2, 2], auto_pad="SAME_UPPER")
    x = f.add("Clip", x, f.constant(np.float32(0)), f.constant(np.float32(6)))
    x = f.add("Conv", x, f.weight(5, 8, 1, 1))
    x = f.add("Add", x, f.weight(1, 5, 1, 1))
    x = f.add("Squeeze", f.add("GlobalAveragePool", x), f.tensor(np.array([2, 3], np.int64)))
    x = f.add("Add", f.add("MatMul", x, f.weight(5, 3, scale=1)), f.weight(3))
    f.save("keras_like", f.add("Softmax", x, axis=-1), 3, 2)


def old_opset():
    """Operator set 9: attributes where later sets have inputs, and the arithmetic of shapes around a Reshape."""
    f = File([None, 1, 9, 9], 9)
    x = f.add("Pad", "input.1", pads=[0, 0, 1, 1, 0, 0, 1, 1], mode="constant", value=0.5)
    x = f.add("Conv", x, f.weight(4, 1, 3, 3), f.weight(4))
    x = f.add("Clip", f.add("Slice", x, axes=[2, 3], starts=[1, 0], ends=[9223372036854775807, -2]), min=-0.5, max=6.0)
    x = f.add("Dropout", x, ratio=0.2)
    shape = f.add("Shape", x)
    batch = f.add("Unsqueeze", f.add("Gather", shape, f.tensor(np.int64(0)), axis=0), axes=[0])
    target = f.add("Concat", batch, f.tensor(np.array([-1], np.int64)), axis=0)
    x = f.add("Reshape", x, f.add("Cast", target, to=TensorProto.INT64))
    f.save("old_opset", f.add("Gemm", x, f.weight(4 * 8 * 7, 3, scale=0.1), f.weight(1, 3), alpha=0.5, beta=2.0), 3, 2)


def mobile_like():
    """Squeeze and excitation, hard-swish, means by a reduction, one output among the values by name."""
    f = File([None, 3, 8, 8], 14)
    x = f.add("HardSwish", f.add("Conv", "input.1", f.weight(6, 3, 3, 3), f.weight(6), pads=[1, 1, 1, 1]))
    s = f.add("Relu", f.add("Conv", f.add("ReduceMean", x, axes=[-1, -2], keepdims=1), f.weight(2, 6, 1, 1), f.weight(2)))
    s = f.add("HardSigmoid", f.add("Conv", s, f.weight(6, 2, 1, 1), f.weight(6)), alpha=0.1666666716337204)
    x = f.add("Mul", s, x)
    x = f.add("Mul", x, f.add("Sigmoid", x))
    s = f.add("Div", f.add("Clip", f.add("Add", x, f.constant(np.float32(3))), f.constant(np.float32(0)),
                           f.constant(np.float32(6))), f.constant(np.float32(6)))
    x = f.add("Flatten", f.add("AveragePool", f.add("Mul", x, s), kernel_shape=[8, 8]))
    f.save("mobile_like", f.add("Gemm", x, f.weight(5, 6), f.weight(5), transB=1), 5, 2)


def shuffle_like():
    """Split, channel shuffle through five axes, concatenation, LeakyRelu; a batch of exactly one."""
    f = File([1, 3, 6, 6], 13)
    x = f.add("LeakyRelu", f.add("Conv", "input.1", f.weight(8, 3, 3, 3), f.weight(8), pads=[0, 1, 2, 1]), alpha=0.1)
    a, b = f.add("Split", x, f.tensor(np.array([3, 5], np.int64)), outputs=2, axis=1)
    b = f.add("Conv", b, f.weight(5, 5, 1, 1), f.weight(5))
    x = f.add("Concat", a, b, axis=1)
    x = f.add("Reshape", x, f.tensor(np.array([1, 2, 4, 6, 6], np.int64)))
    x = f.add("Reshape", f.add("Transpose", x, perm=[0, 2, 1, 3, 4]), f.tensor(np.array([-1, 8, 6, 6], np.int64)))
    x = f.add("ReduceMean", f.add("Slice", x, *[f.tensor(np.array(v, np.int64)) for v in ([2], [7], [1])]), axes=[2, 3],
              keepdims=0)
    f.save("shuffle_like", f.add("Gemm", x, f.weight(3, 5), f.weight(3), transB=1), 3, 1)


def convnext_like():
    """Layer normalisation and products over the last axis, GELU by the error function, layer scale; weights outside."""
    f = File([None, 3, 8, 8], 17)
    x = f.add("Conv", "input.1", f.weight(6, 3, 2, 2), f.weight(6), strides=[2, 2])
    y = f.add("Transpose", x, perm=[0, 2, 3, 1])
    y = f.add("LayerNormalization", y, f.weight(6, low=0.5, high=1.5), f.weight(6), axis=-1, epsilon=1e-6)
    y = f.add("Add", f.add("MatMul", y, f.weight(6, 9, scale=0.5)), f.weight(9))
    e = f.add("Add", f.add("Erf", f.add("Div", y, f.constant(np.float32(np.sqrt(2))))), f.constant(np.float32(1)))
    y = f.add("Mul", f.add("Mul", y, e), f.constant(np.float32(0.5)))
    y = f.add("Mul", f.add("MatMul", y, f.weight(9, 6, scale=0.3)), f.weight(6))
    x = f.add("Add", f.add("Transpose", y, perm=[0, 3, 1, 2]), x)
    x = f.add("Reshape", f.add("GlobalAveragePool", x), f.tensor(np.array([0, -1], np.int64)))
    f.save("convnext_like", f.add("Gemm", x, f.weight(4, 6), f.weight(4), transB=1), 4, 2, external=True)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.data"):
        old.unlink()
    for build in [torch_like, keras_like, old_opset, mobile_like, shuffle_like, convnext_like]:
        build()
    rows = ",\n".join(json.dumps(case) for case in CASES)
    (FOLDER / "imports.json").write_text(f'{{"onnxruntime": "{onnxruntime.__version__}", "cases": [\n{rows}\n]}}\n')
