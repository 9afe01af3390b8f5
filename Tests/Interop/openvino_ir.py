"""Checks the IR files of `erde export --to openvino` and `erde convert --to openvino` in OpenVINO."""

import collections
import json
import xml.etree.ElementTree

import numpy as np
import onnx
import openvino
from onnx import TensorProto, helper, numpy_helper

from exports import BATCHES, TOLERANCE, follow, in_batches, onnx_runtime, openvino_cpu, scores

KEYS = {
    "classNames", "cumulativeMACs", "export", "formatVersion", "image", "operatingPoints", "provenance", "role",
}
# OpenVINO 2022.1 reads up to 8.
NEWEST_OPERATOR_SET = 5


def integer_convolutions(path):
    """How many convolutions OpenVINO runs on bytes, and how many there are."""
    compiled = openvino.Core().compile_model(str(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    counts = collections.Counter()
    for layer in compiled.get_runtime_model().get_ops():
        if layer.rt_info["layerType"].value == "Convolution":
            counts[str(layer.rt_info["runtimePrecision"].value) in ("u8", "i8")] += 1
    return counts[True], counts.total()


class IRChecks:
    """The IR files of one model and of its quantized form, against the logits that erde gives."""

    def __init__(self, checks, run, erde, folder, exports, quantized):
        self.checks, self.run, self.erde, self.folder = checks, run, erde, folder
        self.exports, self.quantized = exports, quantized
        self.images = exports.images

    def export(self, model, name, *options):
        """Writes a folder and checks each network in it."""
        path = self.folder / name
        self.run(self.erde, "export", model, "--to", "openvino", "--name", "net", "--output", path, "--quiet", *options)
        for file in sorted(path.glob("*.xml")):
            self.check_file(f"{name}/{file.name}", file)
        return path

    def check_file(self, label, path):
        """The file itself: what OpenVINO reads of it, and that an old OpenVINO knows the layers."""
        network = xml.etree.ElementTree.parse(path).getroot()
        newest = max(int(layer.get("version").removeprefix("opset")) for layer in network.iter("layer"))
        self.checks.check(f"{label}: IR 11, old operator sets", network.get("version") == "11" and newest <= NEWEST_OPERATOR_SET, newest)
        model = openvino.Core().read_model(str(path))
        names = {key: json.loads(model.get_rt_info(["erde", key]).value) for key in model.get_rt_info(["erde"]).value}
        self.checks.check(f"{label}: metadata below erde", set(names) == KEYS, sorted(set(names) ^ KEYS) or "")
        shapes = [port.get_partial_shape() for port in [*model.inputs, *model.outputs]]
        self.checks.check(
            f"{label}: the batch alone is dynamic",
            all(shape[0].is_dynamic and all(extent.is_static for extent in list(shape)[1:]) for shape in shapes))
        return names

    def compare(self, label, found, logits):
        difference = max(np.abs(found[f"logits_exit{exit + 1}"] - logits[exit]).max() for exit in range(len(logits)))
        self.checks.check(
            f"{label}: logits within {TOLERANCE}", len(found) == len(logits) and difference <= TOLERANCE, f"{difference:.2e}")

    def check_whole(self):
        folder = self.export(self.exports.model, "ir_all")
        model = openvino.Core().read_model(str(folder / "net.xml"))
        description = json.loads(model.get_rt_info(["erde", "export"]).value)
        macs = json.loads(model.get_rt_info(["erde", "cumulativeMACs"]).value)
        self.checks.check("IR, all: MACs and hash", macs == self.exports.macs and len(description["modelHash"]) == 64)
        self.checks.check(
            "IR, all: names", [port.any_name for port in model.inputs] == ["image"]
            and [port.any_name for port in model.outputs] == [f"logits_exit{exit + 1}" for exit in range(self.exports.exits)])
        run = openvino_cpu(folder / "net.xml")
        for batch in BATCHES:
            self.compare(f"IR, all, batch {batch}", in_batches(run, self.images, batch), self.exports.logits)

    def check_cut(self):
        for exit in range(self.exports.exits):
            folder = self.export(self.exports.model, f"ir_cut{exit + 1}", "--shape", "cut", "--exit", exit + 1)
            run = openvino_cpu(folder / "net.xml")
            for batch in BATCHES:
                logits = self.exports.logits[exit : exit + 1]
                self.compare(f"IR, cut at exit {exit + 1}, batch {batch}", in_batches(run, self.images, batch), logits)

    def check_stages(self):
        for name, thresholds in self.exports.thresholds().items():
            folder = self.export(self.exports.model, f"ir_stages_{name}", "--shape", "stages", "--theta", repr(thresholds[0]))
            self.exports.compare_stages(f"IR, stages, {name} leave", *self.load(folder), thresholds)
        for kind in ["normalizedEntropy", "oneMinusMaximum"]:
            thresholds = [float(np.median(scores(logits, kind))) for logits in self.exports.logits[:-1]]
            model = self.exports.with_thresholds(kind, thresholds)
            folder = self.export(model, f"ir_stages_{kind}", "--shape", "stages", "--budget", "100%")
            self.exports.compare_stages(f"IR, stages on {kind}", *self.load(folder), thresholds, kind, batches=[7])

    def check_products(self):
        """The model with a product of matrices and an addition in place of every fully connected layer."""
        model, path = onnx.load(str(self.exports.model)), self.folder / "products.pb"
        graph, nodes = model.graph, []
        stored = {tensor.name: tensor for tensor in graph.initializer}
        for node in graph.node:
            if node.op_type != "Gemm":
                nodes.append(node)
                continue
            source, weight, bias = node.input
            stored[weight].CopyFrom(numpy_helper.from_array(numpy_helper.to_array(stored[weight]).T.copy(), weight))
            product, result = f"{node.output[0]}_product", node.output[0]
            nodes.append(helper.make_node("MatMul", [source, weight], [product], product))
            nodes.append(helper.make_node("Add", [product, bias], [result], result))
        del graph.node[:]
        graph.node.extend(nodes)
        # Weights are changed on purpose.
        kept = [entry for entry in model.metadata_props if entry.key != "erde.weights"]
        del model.metadata_props[:]
        model.metadata_props.extend(kept)
        onnx.save(model, str(path))
        folder = self.export(path, "ir_products")
        self.compare("IR, products of matrices", in_batches(openvino_cpu(folder / "net.xml"), self.images, 7), self.exports.logits)

    def load(self, folder):
        """The contract of stages, and a function for each."""
        contract = json.loads((folder / "stages.json").read_text())
        return contract, [openvino_cpu(folder / stage["file"]) for stage in contract["stages"]]

    def check_quantized(self):
        """Bytes: the same answers, as many convolutions on integers as in the QDQ file, and as few bytes."""
        quantized = self.quantized
        folder = self.export(quantized.model, "ir_int8")
        run = openvino_cpu(folder / "net.xml")
        for batch in [7, 128]:
            found = in_batches(run, self.images, batch)
            for exit in range(quantized.exits):
                quantized.compare(f"IR, all, batch {batch}, exit {exit + 1}", found[f"logits_exit{exit + 1}"], quantized.logits[exit])
        bytes_here, convolutions = integer_convolutions(folder / "net.xml")
        bytes_there, _ = integer_convolutions(quantized.model)
        self.checks.check(
            "int8, IR: convolutions run on bytes", bytes_here >= bytes_there and bytes_here > 0,
            f"{bytes_here} of {convolutions}, {bytes_there} of the QDQ file")
        size, whole = ((self.folder / name / "net.bin").stat().st_size for name in ["ir_int8", "ir_all"])
        self.checks.check("int8, IR: fewer bytes", size < 0.75 * whole, f"{size} of {whole}")
        folder = self.export(quantized.model, "ir_int8_cut", "--shape", "cut", "--exit", quantized.exits)
        found = in_batches(openvino_cpu(folder / "net.xml"), self.images, 128)
        quantized.compare("IR, cut", found["logits_exit1"], quantized.logits[-1])
        folder = self.export(quantized.model, "ir_int8_stages", "--shape", "stages", "--theta", repr(quantized.gates[0]))
        quantized.leave("IR, stages", *follow(*self.load(folder), self.images))

    def check_everything(self):
        self.check_whole()
        self.check_cut()
        self.check_stages()
        self.check_products()
        self.check_quantized()


def every_operator():
    """A classifier of the operators that no family of networks has, as somebody else would have written it."""
    random = np.random.default_rng(5)
    nodes, tensors = [], []

    def stored(name, array):
        tensors.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def floats(name, *shape):
        return stored(name, random.uniform(-1, 1, shape).astype(np.float32))

    def add(kind, *inputs, **attributes):
        name = f"{kind}{len(nodes)}"
        nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    x = add(
        "Conv", "image", floats("grouped", 6, 1, 3, 2), floats("grouped_bias", 6), group=3, strides=[1, 2], pads=[1, 2, 1, 2],
        dilations=[2, 1])
    x = add("Clip", x, stored("low", np.float32(-0.7)))
    x = add("MaxPool", x, kernel_shape=[3, 3], strides=[2, 1], pads=[1, 1, 1, 1])
    x = add("AveragePool", x, kernel_shape=[2, 3], pads=[1, 1, 1, 1], count_include_pad=1)
    x = add("AveragePool", x, kernel_shape=[2, 2], pads=[1, 0, 0, 1])
    x = add("Add", x, add("Relu", add("Sub", x, stored("shift", np.float32(0.25)))))
    x = add("Div", x, stored("gains", np.arange(1, 7, dtype=np.float32).reshape(1, 6, 1, 1)))
    x = add("BatchNormalization", x, *[stored(f"norm{index}", random.uniform(0.5, 1.5, 6).astype(np.float32)) for index in range(4)])
    x = add("Mul", x, add("HardSigmoid", x, alpha=0.3, beta=0.4))
    x = add("Add", add("Mul", x, add("Sigmoid", x)), add("Erf", x))
    x = add("Pad", x, stored("pads", np.array([0, 0, 1, 2, 0, 0, 0, 3])))
    x = add("Slice", x, stored("starts", np.array([1, 2])), stored("ends", np.array([9, -1])), stored("axes", np.array([2, 3])))
    ahead = add("Slice", x, stored("two", np.array([2])), stored("six", np.array([6])), stored("one", np.array([1])))
    x = add("Concat", ahead, x, axis=1)
    x = add("Transpose", add("Exp", add("Transpose", x, perm=[0, 2, 3, 1])), perm=[0, 3, 1, 2])
    x = add("Log", add("Sqrt", add("Max", x, stored("floor", np.float32(0.01)))))
    x = add("Mul", x, add("ReduceMean", x, axes=[2, 3], keepdims=1))
    rows = add("Flatten", add("GlobalAveragePool", x))
    sums = add("ReduceSum", x, stored("planes", np.array([2, 3])), keepdims=0)
    rows = add("Add", rows, add("LogSoftmax", sums, axis=1))
    rows = add("MatMul", rows, floats("matrix", 10, 8))
    logits = add("Gemm", rows, floats("weight", 5, 8), floats("bias", 5), transB=1)
    graph = helper.make_graph(
        nodes, "every_operator", [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, 12, 15])],
        [helper.make_tensor_value_info(logits, TensorProto.FLOAT, ["N", 5])], tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


class ConvertedChecks:
    """`erde convert FILE.onnx --to openvino`, against ONNX Runtime on the file itself."""

    def __init__(self, checks, run, erde, folder):
        self.checks, self.run, self.erde, self.folder = checks, run, erde, folder

    def check_everything(self):
        model = every_operator()
        onnx.checker.check_model(model, full_check=True)
        path, folder = self.folder / "every_operator.onnx", self.folder / "ir_every_operator"
        onnx.save(model, path)
        self.run(self.erde, "convert", path, "--no-normalisation", "--to", "openvino", "--name", "net", "-o", folder, "--quiet")
        images = np.random.default_rng(6).random((9, 3, 12, 15), np.float32)
        expected = next(iter(onnx_runtime(path)({"image": images}).values()))
        found = openvino_cpu(folder / "net.xml")({"image": images})["logits_exit1"]
        difference = np.abs(found - expected).max()
        self.checks.check(
            f"IR of every operator: logits within {TOLERANCE}", difference <= TOLERANCE * max(1, np.abs(expected).max()),
            f"{difference:.2e} of {np.abs(expected).max():.2e}")
