"""Checks the TensorFlow Lite files that erde writes against erde's own answers, in LiteRT."""

import inspect
import json
import pathlib
import re

import numpy as np
import onnx
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from exports import BATCHES, TOLERANCE, expected, follow, in_batches, onnx_runtime, scores
from quantized import CLASSES, LOGITS

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "Sources" / "Formats" / "TFLiteFormat" / "Schema"


def litert(path):
    """A function from named arrays to named arrays, images `[N, H, W, C]`, through the file's signature and on one thread."""
    interpreter = Interpreter(model_path=str(path), num_threads=1)
    [signature] = interpreter.get_signature_list()
    runner = interpreter.get_signature_runner(signature)
    return lambda feeds: {name: np.array(result) for name, result in runner(**feeds).items()}


def channels_last(load):
    """A loaded file that takes erde's images, `[N, C, H, W]`."""

    def run(feeds):
        # What stages carry has the file's layout already.
        turned = {"image": np.ascontiguousarray(feeds["image"].transpose(0, 2, 3, 1))} if "image" in feeds else {}
        return load(feeds | turned)

    return run


class Slots:
    """Stands for a builder and notes the field's number and the kind of what is put there."""

    def __getattr__(self, name):
        def note(slot, *_):
            self.slot = slot

        return note


def camel_case(name):
    """`CONV_2D` as Swift has it: `conv2D`."""
    name = name.replace("PADV2", "PAD_V2")
    words = name.lower().split("_")
    text = words[0] + "".join(word[:1].upper() + word[1:] for word in words[1:])
    return re.sub(r"(\d)([a-z])", lambda match: match[1] + match[2].upper(), text)


def check_schema(checks):
    """Our numbers of fields and of constants against those of LiteRT's own schema."""
    compared, wrong = 0, []
    table = None
    for line in (SCHEMA / "TFLiteFields.swift").read_text().splitlines():
        if opened := re.match(r"    enum (\w+): UInt16", line):
            table = opened[1]
        elif field := re.match(r"        case (\w+) = (\d+)", line):
            slots, compared = Slots(), compared + 1
            adder = getattr(schema, f"{table}Add{field[1][0].upper()}{field[1][1:]}", None)
            if adder:
                adder(slots, 0)
            if adder is None or slots.slot != int(field[2]):
                wrong.append(f"{table}.{field[1]}")
    checks.check("TensorFlow Lite: numbers of fields", compared > 50 and not wrong, f"{compared} compared {wrong or ''}")
    enumerations = {
        "BuiltinOperator": "BuiltinOperator", "BuiltinOptions": "BuiltinOptions", "ElementType": "TensorType",
        "FusedActivation": "ActivationFunctionType", "WindowPadding": "Padding",
    }
    for ours, theirs in enumerations.items():
        known = {}
        for name, number in inspect.getmembers(getattr(schema, theirs), lambda member: isinstance(member, int)):
            known[camel_case(name) if name.isupper() else name[0].lower() + name[1:]] = number
        cases = re.findall(r"    case (\w+) = (\d+)", (SCHEMA / f"{ours}.swift").read_text())
        wrong = [name for name, number in cases if known.get(name) != int(number)]
        checks.check(f"TensorFlow Lite: numbers of {theirs}", cases and not wrong, f"{len(cases)} compared {wrong or ''}")


def metadata(path):
    """The JSON that a file has under erde's name, and the file's root table."""
    content = path.read_bytes()
    model = schema.Model.GetRootAs(content, 0)
    assert content[4:8] == b"TFL3" and model.Version() == 3
    [entry] = [model.Metadata(index) for index in range(model.MetadataLength())]
    assert entry.Name() == b"erde"
    return json.loads(model.Buffers(entry.Buffer()).DataAsNumpy().tobytes()), model


def awkward_network():
    """An ONNX classifier of 3x13x10 images with layers that the families do not have, and sizes that fit nothing."""
    random = np.random.default_rng(20261121)
    nodes, tensors, last = [], [], "image"

    def constant(values, integer=False):
        tensors.append(onnx.numpy_helper.from_array(np.asarray(values, np.int64 if integer else np.float32), f"t{len(tensors)}"))
        return tensors[-1].name

    def weight(*shape):
        return constant(random.standard_normal(shape) / np.sqrt(np.prod(shape[1:])))

    def add(kind, *inputs, **attributes):
        nonlocal last
        last = f"v{len(nodes)}"
        nodes.append(onnx.helper.make_node(kind, list(inputs), [last], name=last, **attributes))
        return last

    # Groups with dilation, and padding that differs from side to side.
    x = add("Conv", last, weight(6, 1, 3, 2), weight(6), group=3, pads=[1, 2, 2, 0], dilations=[2, 1], strides=[1, 2])
    x = add("Conv", x, weight(8, 3, 3, 3), group=2, pads=[1, 1, 1, 1])
    x = add("Clip", x, constant(-0.7), constant(1.5))
    x = add("MaxPool", x, kernel_shape=[3, 2], pads=[0, 1, 2, 0], strides=[1, 1])
    x = add("AveragePool", x, kernel_shape=[2, 3], pads=[1, 1, 0, 1], strides=[1, 1], count_include_pad=1)
    x = add("AveragePool", x, kernel_shape=[3, 3], pads=[2, 0, 1, 2], strides=[2, 1], count_include_pad=0)
    x = add("Mul", x, constant(np.arange(1, 9).reshape(1, 8, 1, 1) / 4))
    x = add("Sub", x, constant(np.arange(8).reshape(8, 1, 1) / 9))
    x = add("Div", x, constant(1.5))
    x = add("Mul", x, add("HardSigmoid", x, alpha=1 / 6, beta=0.5))
    x = add("Mul", x, add("Sigmoid", x))
    # GELU, whose error function has no operator of its own.
    x = add("Mul", x, add("Add", add("Erf", add("Mul", x, constant(2**-0.5))), constant(1.0)))
    # Channels shuffled through five axes.
    rows, columns = 7, 6
    x = add("Reshape", x, constant([0, 2, 4, rows, columns], True))
    x = add("Transpose", x, perm=[0, 2, 1, 3, 4])
    x = add("Reshape", x, constant([0, 8, rows, columns], True))
    halves = [add("Slice", x, constant([start], True), constant([start + 4], True), constant([1], True)) for start in (0, 4)]
    x = add("Concat", halves[1], halves[0], axis=1)
    x = add("Pad", x, constant([0, 0, 1, 2, 0, 0, 0, 1], True))
    x = add("Slice", x, constant([1, 1], True), constant([7, 9], True), constant([2, 3], True))
    # A layer over channels last, as some networks have it.
    turned = add("Transpose", x, perm=[0, 2, 3, 1])
    centred = add("Sub", turned, add("ReduceMean", turned, axes=[3], keepdims=1))
    x = add("Transpose", centred, perm=[0, 3, 1, 2])
    x = add("BatchNormalization", x, weight(8), weight(8), weight(8), constant(np.full(8, 0.8)))
    x = add("Relu", x)
    x = add("Max", x, constant(0.01))
    x = add("Exp", add("Log", add("Sqrt", x)))
    gate = add("GlobalAveragePool", x)
    x = add("Mul", x, gate)
    means = add("ReduceMean", x, axes=[2, 3], keepdims=0)
    sums = add("ReduceSum", x, constant([2], True), keepdims=0)
    flat = add("Flatten", sums, axis=1)
    whole = add("MatMul", add("Flatten", x, axis=1), weight(6 * 8 * 8, 5))
    part = add("Gemm", means, weight(5, 8), weight(5), transB=1)
    other = add("MatMul", flat, weight(8 * 8, 5))
    x = add("Add", add("LogSoftmax", add("Add", whole, part), axis=1), other)
    shape = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        nodes, "awkward", [shape("image", onnx.TensorProto.FLOAT, ["N", 3, 13, 10])],
        [shape(x, onnx.TensorProto.FLOAT, ["N", 5])], tensors)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def check_awkward(checks, run, erde, folder):
    """A file from elsewhere, converted."""
    source, path = folder / "awkward.onnx", folder / "awkward.tflite"
    onnx.save(awkward_network(), source)
    run(erde, "convert", source, "--to", "tflite", "--no-normalisation", "-o", path, "--quiet")
    images = np.random.default_rng(1).random((130, 3, 13, 10), np.float32)
    [theirs] = onnx_runtime(source)({"image": images}).values()
    for batch in BATCHES:
        [ours] = in_batches(channels_last(litert(path)), images, batch).values()
        difference = np.abs(ours - theirs).max()
        checks.check(f"awkward layers as TensorFlow Lite, batch {batch}", difference <= TOLERANCE, f"{difference:.2e}")


class TFLiteChecks:
    """Every shape of one model as TensorFlow Lite, against the logits that erde gives."""

    def __init__(self, checks, run, erde, model, folder, images, logits):
        self.checks, self.run, self.erde, self.model, self.folder = checks, run, erde, model, folder
        self.images, self.logits = images, logits
        self.exits = len(logits)

    def export(self, name, *options):
        path = self.folder / name
        self.run(self.erde, "export", self.model, "--to", "tflite", "--output", path, "--quiet", *options)
        return path

    def check_file(self, path, shape):
        """What the file says of itself, and the names of its ports."""
        found, model = metadata(path)
        self.checks.check(
            f"{path.name}: metadata", found["export"]["shape"] == shape and len(found["classNames"]) == self.logits.shape[2]
            and len(found["export"]["modelHash"]) == 64, sorted(found))
        graph = model.Subgraphs(0)
        [image] = [graph.Tensors(graph.Inputs(index)) for index in range(graph.InputsLength())]
        height, width = self.images.shape[2:]
        signature = image.ShapeSignatureAsNumpy().tolist()
        self.checks.check(
            f"{path.name}: image [N, H, W, C]",
            image.Name() == b"image" and signature == [-1, height, width, self.images.shape[1]], signature)

    def compare_logits(self, path, name, logits):
        run = channels_last(litert(path))
        for batch in BATCHES:
            found = in_batches(run, self.images, batch)
            difference = max(np.abs(found[f"logits_exit{exit + 1}"] - logits[exit]).max() for exit in range(len(logits)))
            self.checks.check(
                f"{name}, LiteRT, batch {batch}: logits within {TOLERANCE}",
                len(found) == len(logits) and difference <= TOLERANCE, f"{difference:.2e}")

    def check_resizing(self, path):
        """Without the signature: the input is resized, and outputs are found by their place."""
        interpreter = Interpreter(model_path=str(path), num_threads=1)
        image = interpreter.get_input_details()[0]
        for batch in BATCHES:
            images = np.ascontiguousarray(self.images[:batch].transpose(0, 2, 3, 1))
            interpreter.resize_tensor_input(image["index"], images.shape)
            interpreter.allocate_tensors()
            interpreter.set_tensor(image["index"], images)
            interpreter.invoke()
            found = [interpreter.get_tensor(output["index"]) for output in interpreter.get_output_details()]
            difference = max(np.abs(found[exit] - self.logits[exit][: len(images)]).max() for exit in range(self.exits))
            self.checks.check(f"TensorFlow Lite, input resized to {batch}", difference <= TOLERANCE, f"{difference:.2e}")

    def check_stages(self):
        theta = float(np.median(scores(self.logits[0])))
        thresholds = [theta] * (self.exits - 1)
        path = self.export("stages_tflite", "--shape", "stages", "--theta", repr(theta))
        contract = json.loads((path / "stages.json").read_text())
        files = [stage["file"] for stage in contract["stages"]]
        self.checks.check(
            "stages as TensorFlow Lite: one file per exit", files == [f"stage{exit + 1}.tflite" for exit in range(self.exits)])
        for stage in contract["stages"]:
            self.check_ports(path / stage["file"], stage)
        runs = [channels_last(litert(path / file)) for file in files]
        for batch in BATCHES:
            pieces = [
                follow(contract, runs, self.images[start : start + batch]) for start in range(0, len(self.images), batch)
            ]
            taken = np.concatenate([piece[0] for piece in pieces])
            answers = np.concatenate([piece[1] for piece in pieces])
            exits, logits, near = expected(self.logits, thresholds)
            other = (taken != exits) & ~near
            difference = np.abs(answers - logits)[taken == exits].max()
            self.checks.check(
                f"stages as TensorFlow Lite, LiteRT, batch {batch}: exits and logits",
                not other.any() and difference <= TOLERANCE,
                f"{[int((exits == exit + 1).sum()) for exit in range(self.exits)]} images per exit, {int(other.sum())} elsewhere, "
                f"largest difference {difference:.2e}")

    def check_ports(self, path, stage):
        """The contract's shapes and layouts against the file's."""
        found, model = metadata(path)
        graph = model.Subgraphs(0)
        tensors = {graph.Tensors(index).Name().decode(): graph.Tensors(index) for index in range(graph.TensorsLength())}
        ports = [*stage["inputs"], stage["logits"], stage["score"], *stage["carries"]]
        wrong = [
            port["name"] for port in ports
            if ["N", *tensors[port["name"]].ShapeAsNumpy()[1:].tolist()] != port["shape"]
            or (port.get("layout") == "NHWC") != (len(port["shape"]) == 4)
        ]
        self.checks.check(f"{path.name}: ports of the contract", not wrong and found["export"]["shape"] == "stage", wrong or "")

    def check_everything(self):
        path = self.export("all.tflite")
        self.check_file(path, "all")
        self.compare_logits(path, "all as TensorFlow Lite", self.logits)
        self.check_resizing(path)
        for exit in range(self.exits):
            path = self.export(f"cut{exit + 1}.tflite", "--shape", "cut", "--exit", exit + 1)
            self.check_file(path, "cut")
            self.compare_logits(path, f"cut at exit {exit + 1} as TensorFlow Lite", self.logits[exit : exit + 1])
        self.check_stages()


# In LiteRT a convolution and the addition behind it are two operators, and what lies between them is rounded once more, in
# steps about twice as wide as those of the sum; the difference is carried on. Without additions the bounds of the other runtimes
# hold.
ADDITION_LOGITS = 0.3
ADDITION_CLASSES = 0.03


class TFLiteQuantizedChecks:
    """A quantized model as TensorFlow Lite, against erde's own answers in bytes."""

    def __init__(self, quantized):
        self.checks, self.folder, self.quantized = quantized.checks, quantized.folder, quantized

    def export(self, name, *options):
        path = self.folder / name
        self.quantized.run(
            self.quantized.erde, "export", self.quantized.model, "--to", "tflite", "--output", path, "--quiet", *options)
        return path

    def calls(self, path):
        """Code and first operand's type of every operator."""
        _, model = metadata(path)
        graph = model.Subgraphs(0)
        for index in range(graph.OperatorsLength()):
            call = graph.Operators(index)
            yield model.OperatorCodes(call.OpcodeIndex()).BuiltinCode(), graph.Tensors(call.Inputs(0)).Type()

    def check_everything(self):
        logits, images = self.quantized.logits, self.quantized.images
        path = self.export("int8_all.tflite")
        calls = list(self.calls(path))
        kinds = [kind for code, kind in calls if code in (schema.BuiltinOperator.CONV_2D, schema.BuiltinOperator.DEPTHWISE_CONV_2D)]
        stored = sum(kind == schema.TensorType.INT8 for kind in kinds)
        self.checks.check(
            "int8, TensorFlow Lite: convolutions compute with bytes", stored > len(kinds) / 2, f"{stored} of {len(kinds)}")
        self.adds = (schema.BuiltinOperator.ADD, schema.TensorType.INT8) in calls
        for batch in BATCHES:
            found = in_batches(channels_last(litert(path)), images, batch)
            for exit in range(len(logits)):
                self.compare(f"all, batch {batch}, exit {exit + 1}", found[f"logits_exit{exit + 1}"], logits[exit])
        path = self.export("int8_cut.tflite", "--shape", "cut", "--exit", len(logits))
        found = in_batches(channels_last(litert(path)), images, 7)["logits_exit1"]
        self.compare("cut", found, logits[-1])
        path = self.export("int8_stages_tflite", "--shape", "stages", "--theta", repr(self.quantized.gates[0]))
        contract = json.loads((path / "stages.json").read_text())
        runs = [channels_last(litert(path / stage["file"])) for stage in contract["stages"]]
        exits, answers = follow(contract, runs, images)
        taken, expectation, _ = expected(logits, [self.quantized.gates[0]] * (len(logits) - 1))
        same = exits == taken
        self.checks.check("int8, stages as TensorFlow Lite: exits", same.mean() > 0.8, f"{(~same).mean():.2%} elsewhere")
        self.compare("stages, images of the same exit", answers[same], expectation[same])

    def compare(self, label, found, logits):
        difference = np.abs(found - logits).max() / logits.std()
        changed = (found.argmax(axis=1) != logits.argmax(axis=1)).mean()
        most, share = (ADDITION_LOGITS, ADDITION_CLASSES) if self.adds else (LOGITS, CLASSES)
        self.checks.check(
            f"int8, {label}, LiteRT: the same classes", changed <= share and difference <= most,
            f"{changed:.2%} changed, largest difference {difference:.3f} of the spread")
