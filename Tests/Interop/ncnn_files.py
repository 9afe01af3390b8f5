"""Checks what `erde export --to ncnn` and `erde convert --to ncnn` write, in ncnn, against erde and ONNX Runtime."""

import itertools
import json

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

try:
    import ncnn
except ImportError:
    ncnn = None

from exports import TOLERANCE, expected, follow, scores

# One at a time, as ncnn takes them.
IMAGES = 48
# Half floats keep 11 bits: what a processor without them never sees.
HALF_TOLERANCE = 5e-2


def load(path, halves=False):
    """A function from named arrays of one image to named arrays.

    Without `halves` everything is float32, as docs/export.md says; with them ncnn has its defaults.
    """
    net = ncnn.Net()
    if not halves:
        for option in [
            "use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_packed", "use_bf16_storage",
        ]:
            if hasattr(net.opt, option):
                setattr(net.opt, option, False)
    net.opt.num_threads = 1
    bin_path = path.with_suffix(".bin")
    if net.load_param(str(path)) != 0 or net.load_model(str(bin_path)) != 0:
        raise ValueError(f"ncnn does not load {path}")
    names = net.output_names()

    def run(feeds):
        # ncnn reads arrays where they lie, so they are held.
        arrays = {name: np.ascontiguousarray(array) for name, array in feeds.items()}
        extractor = net.create_extractor()
        for name, array in arrays.items():
            extractor.input(name, ncnn.Mat(array))
        results = {}
        for name in names:
            status, blob = extractor.extract(name)
            if status != 0:
                raise ValueError(f"ncnn does not compute {name}")
            results[name] = np.array(blob)
        return results

    run.names = names
    run.net = net
    return run


def one_by_one(run, images):
    """The outputs for all images, with the batch that ncnn has not."""
    pieces = [run({"image": image}) for image in images]
    return {name: np.stack([piece[name] for piece in pieces]) for name in pieces[0]}


def batched(run):
    """A stage as `follow` wants it: with a batch, scores `[N]`."""
    def each(feeds):
        count = len(next(iter(feeds.values())))
        pieces = [run({name: array[index] for name, array in feeds.items()}) for index in range(count)]
        results = {name: np.stack([piece[name] for piece in pieces]) for name in pieces[0]}
        return {name: array[:, 0] if name.startswith("score_exit") else array for name, array in results.items()}

    return each


class NCNNChecks:
    """Everything that `erde export --to ncnn` writes of one model, against the logits that erde gives."""

    def __init__(self, checks, run, erde, model, folder, images, logits):
        self.checks, self.run, self.erde, self.model, self.folder = checks, run, erde, model, folder
        self.images, self.logits = images[:IMAGES], logits[:, :IMAGES]
        self.exits = len(logits)

    def export(self, name, *options):
        path = self.folder / name
        self.run(self.erde, "export", self.model, "--to", "ncnn", "--output", path, "--quiet", *options)
        return path

    def compare(self, label, path, logits):
        run = load(path)
        names = [f"logits_exit{exit + 1}" for exit in range(len(logits))]
        self.checks.check(f"ncnn, {label}: inputs and outputs", sorted(run.names) == sorted(names), run.names)
        found = one_by_one(run, self.images)
        difference = max(np.abs(found[name] - logits[exit]).max() for exit, name in enumerate(names))
        halves = one_by_one(load(path, halves=True), self.images)
        by_default = max(np.abs(halves[name] - logits[exit]).max() for exit, name in enumerate(names))
        self.checks.check(
            f"ncnn, {label}: logits within {TOLERANCE}", difference <= TOLERANCE,
            f"{difference:.2e}; {by_default:.2e} with ncnn's defaults")
        self.checks.check(f"ncnn, {label}, defaults: logits near", by_default <= HALF_TOLERANCE * max(1, np.abs(logits).max()))

    def check_everything(self):
        if ncnn is None:
            print("       ncnn is not installed: its files are not tried")
            return
        self.compare("all", self.export("ncnn_all", "--name", "net") / "net.param", self.logits)
        for exit in range(self.exits):
            path = self.export(f"ncnn_cut{exit + 1}", "--shape", "cut", "--exit", exit + 1)
            self.compare(f"cut at exit {exit + 1}", path / "model.param", self.logits[exit : exit + 1])
        self.check_stages()

    def check_stages(self):
        middle = float(np.median(scores(self.logits[0])))
        for name, theta in [("some", middle), ("none", 0.0), ("every", 100.0)]:
            path = self.export(f"ncnn_stages_{name}", "--shape", "stages", "--theta", repr(theta))
            contract = json.loads((path / "stages.json").read_text())
            runs = [batched(load(path / stage["file"])) for stage in contract["stages"]]
            exits, logits = follow(contract, runs, self.images)
            taken, answers, near = expected(self.logits, [theta] * (self.exits - 1))
            other = (exits != taken) & ~near
            difference = np.abs(logits - answers)[exits == taken].max()
            self.checks.check(
                f"ncnn, stages, {name} leave: exits and logits", not other.any() and difference <= TOLERANCE,
                f"{int(other.sum())} elsewhere, {int((~(exits == taken) & near).sum())} within rounding, "
                f"largest difference {difference:.2e}")


class NCNNConversionChecks:
    """Layers that erde's own families have not, from ONNX files made here, against ONNX Runtime."""

    SHAPE = [3, 9, 8]

    def __init__(self, checks, run, erde, folder):
        self.checks, self.run, self.erde, self.folder = checks, run, erde, folder
        self.random = np.random.default_rng(20261121)

    def check_everything(self):
        if ncnn is None:
            return
        for name in [name for name in dir(self) if name.startswith("graph_")]:
            for channels in [6, 16]:
                self.check_graph(name.removeprefix("graph_"), channels, getattr(self, name))

    def weights(self, *shape):
        return (self.random.standard_normal(shape) * (2 / max(1, np.prod(shape[1:]))) ** 0.5).astype(np.float32)

    def check_graph(self, name, channels, build):
        """A convolution to `channels`, what `build` adds, a mean over the plane, a product."""
        self.nodes, self.tensors = [], []
        x = self.add("Conv", "image", self.store(self.weights(channels, 3, 3, 3)), pads=[1, 1, 1, 1])
        x = build(x, channels)
        x = self.add("GlobalAveragePool", x)
        x = self.add("Flatten", x)
        width = self.width(x)
        x = self.add("Gemm", x, self.store(self.weights(4, width)), transB=1)
        graph = helper.make_graph(
            self.nodes, name, [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", *self.SHAPE])],
            [helper.make_tensor_value_info(x, TensorProto.FLOAT, ["N", 4])], self.tensors)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model, full_check=True)
        path = self.folder / f"layers_{name}{channels}.onnx"
        onnx.save(model, str(path))
        images = self.random.random((8, *self.SHAPE), dtype=np.float32)
        theirs = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, {"image": images})[0]
        target = self.folder / f"layers_{name}{channels}"
        self.run(self.erde, "convert", path, "--to", "ncnn", "--no-normalisation", "-o", target, "--quiet")
        found = one_by_one(load(target / "model.param"), images)["logits_exit1"]
        difference = np.abs(found - theirs).max()
        self.checks.check(
            f"ncnn, {name.replace('_', ' ')} of {channels} channels within {TOLERANCE}",
            found.shape == theirs.shape and difference <= TOLERANCE * max(1, np.abs(theirs).max()) and np.ptp(theirs) > 1e-2,
            f"{difference:.2e}")

    def add(self, kind, *inputs, **attributes):
        name = f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def store(self, array):
        name = f"tensor{len(self.tensors)}"
        self.tensors.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def width(self, value):
        graph = helper.make_graph(
            self.nodes, "part", [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, *self.SHAPE])],
            [helper.make_tensor_value_info(value, TensorProto.FLOAT, None)], self.tensors)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        inferred = onnx.shape_inference.infer_shapes(model, data_prop=True).graph.output[0]
        return inferred.type.tensor_type.shape.dim[1].dim_value

    # What is checked

    def graph_grouped_convolution(self, x, channels):
        return self.add(
            "Conv", x, self.store(self.weights(channels * 2, channels // 2, 3, 2)), self.store(self.weights(channels * 2)),
            group=2, pads=[2, 0, 1, 3], strides=[1, 2], dilations=[2, 1])

    def graph_depthwise_convolution(self, x, channels):
        x = self.add(
            "Conv", x, self.store(self.weights(channels, 1, 3, 3)), self.store(self.weights(channels)), group=channels,
            pads=[0, 1, 2, 0], strides=[2, 1])
        return self.add("Clip", x, self.store(np.float32(-0.2)), self.store(np.float32(0.7)))

    def graph_normalisation_left_over(self, x, channels):
        x = self.add("Relu", x)
        tensors = [self.random.random(channels, dtype=np.float32) + 0.5 for _ in range(4)]
        return self.add("BatchNormalization", x, *map(self.store, tensors), epsilon=1e-3)

    def graph_pooling(self, x, channels):
        x = self.add("MaxPool", x, kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 0, 1])
        x = self.add("AveragePool", x, kernel_shape=[2, 3], strides=[1, 2], pads=[1, 1, 0, 1])
        return self.add("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2], pads=[1, 0, 0, 1], count_include_pad=1)

    def graph_pooling_by_ceiling(self, x, channels):
        x = self.add("MaxPool", x, kernel_shape=[2, 3], strides=[2, 2], ceil_mode=1)
        return self.add("AveragePool", x, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)

    def graph_activations(self, x, channels):
        for kind in ["Sigmoid", "HardSigmoid", "HardSwish", "Erf", "Elu", "LeakyRelu", "Tanh", "Softplus", "Exp", "Sqrt", "Log"]:
            x = self.add(kind, x)
            if kind in ["Softplus", "Exp", "Sqrt"]:
                x = self.add("Add", x, self.store(np.float32(1)))
        return x

    def graph_arithmetic(self, x, channels):
        column = self.random.random((1, channels, 1, 1), dtype=np.float32) + 1
        row = self.random.random((1, 8), dtype=np.float32) + 1
        plane = self.random.random((9, 8), dtype=np.float32) + 1
        x = self.add("Sub", self.store(np.float32(2)), x)
        x = self.add("Div", self.store(np.float32(3)), self.add("Max", x, self.store(np.float32(0.5))))
        x = self.add("Mul", x, self.store(column))
        x = self.add("Add", self.store(row), x)
        x = self.add("Div", x, self.store(plane))
        x = self.add("Sub", self.store(column), x)
        gate = self.add("Sigmoid", self.add("GlobalAveragePool", x))
        map_of_means = self.add("ReduceMean", x, axes=[1], keepdims=1)
        x = self.add("Mul", gate, x)
        x = self.add("Mul", x, map_of_means)
        return self.add("Add", x, self.add("Mul", gate, map_of_means))

    def graph_parts(self, x, channels):
        first = self.add("Slice", x, self.store(np.array([2])), self.store(np.array([5])), self.store(np.array([1])))
        rows = self.add("Slice", x, self.store(np.array([1, 2])), self.store(np.array([7, 8])), self.store(np.array([2, 3])))
        padded = self.add("Pad", rows, self.store(np.array([0, 0, 2, 1, 0, 0, 1, 1])))
        return self.add("Concat", first, padded, x, axis=1)

    def graph_shuffled_channels(self, x, channels):
        x = self.add("Reshape", x, self.store(np.array([0, 2, channels // 2, 9, 8])))
        x = self.add("Transpose", x, perm=[0, 2, 1, 3, 4])
        x = self.add("Reshape", x, self.store(np.array([0, channels, 9, 8])))
        scale = self.random.random((1, channels, 1, 1), dtype=np.float32)
        return self.add("Mul", x, self.store(scale))

    def graph_turned_axes(self, x, channels):
        """Every order of three axes and of four; what is added in between shows where each element went."""
        for shape in [[channels, 9, 8], [2, channels // 2, 9, 8]]:
            x = self.add("Reshape", x, self.store(np.array([0, *shape])))
            for order in itertools.permutations(range(len(shape))):
                x = self.add("Transpose", x, perm=[0, *(axis + 1 for axis in order)])
                shape = [shape[axis] for axis in order]
                x = self.add("Add", x, self.store(self.random.random((1, *shape), dtype=np.float32)))
            x = self.add("Reshape", x, self.store(np.array([0, channels, 9, 8])))
        return x

    def graph_reductions(self, x, channels):
        rows = self.add("ReduceMean", x, axes=[3], keepdims=1)
        columns = self.add("ReduceMean", x, axes=[2], keepdims=1)
        both = self.add("ReduceSum", x, self.store(np.array([1, 2])), keepdims=1)
        x = self.add("Add", self.add("Mul", rows, columns), self.add("Mul", x, both))
        flat = self.add("ReduceSum", x, self.store(np.array([2, 3])), keepdims=0)
        # Small enough that the softmax is not one class alone.
        flat = self.add("Mul", flat, self.store(np.float32(1e-3)))
        soft = self.add("Softmax", flat, axis=1)
        logs = self.add("LogSoftmax", flat, axis=1)
        return self.add("Reshape", self.add("Mul", soft, logs), self.store(np.array([0, channels, 1, 1])))
