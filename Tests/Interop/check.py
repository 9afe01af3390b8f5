"""Checks models that erde wrote, their exports, and what erde reads of others, with the onnx package, ONNX Runtime and OpenVINO.

Usage: check.py PATH_TO_ERDE [MODEL.pb DATA.erds]

Without a model, the bundled images are ingested and a small network of every family is trained for one epoch. The last line
of output is "N passed, N failed"; the exit status is 1 when a check failed.
"""

import hashlib
import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnx.numpy_helper
import onnxruntime

from exports import ExportChecks
from imports import ImportChecks
from ncnn_files import NCNNChecks, NCNNConversionChecks
from openvino_ir import ConvertedChecks, IRChecks
from parity import ParityChecks
from quantized import QuantizedChecks
from tflite_files import TFLiteChecks, TFLiteQuantizedChecks, check_awkward, check_schema as check_tflite_schema

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMAGES = 1000
# No multiple of a batch, so that the last batch is smaller.
EXPORT_IMAGES = 300
# Float32 sums in another order differ by far less; a wrong operator, attribute or layout differs by far more.
TOLERANCE = 1e-4
METADATA = {
    "erde.classNames", "erde.cumulativeMACs", "erde.formatVersion", "erde.image", "erde.operatingPoints",
    "erde.provenance", "erde.role", "erde.weights",
}


class Checks:
    """Counts what passed and failed, printing each."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, name, condition, found=""):
        if condition:
            self.passed += 1
        else:
            self.failed += 1
        print(f"{'ok    ' if condition else 'FAILED'} {name}{': ' + str(found) if str(found) else ''}")


def run(*command):
    """Runs erde; its messages go to our standard error."""
    print("$", *command, file=sys.stderr)
    subprocess.run([str(part) for part in command], check=True, stdout=sys.stderr)


NETWORKS = [
    "preresnet:widths=8,16,24:blocks=1,1,1", "vgg:widths=6,10:blocks=1,2:exits=2,3",
    "mobilenetv2:widths=4,6,8:blocks=1,2,1:last=16", "densenet:blocks=2,2:growth=5:head=poolTo2x2",
    "msdnet:layers=4:base=2:step=1:growth=2:stem=4",
]


def small_models(erde, folder):
    """A dataset from the bundled images and networks trained on it for four epochs: what has hardly learned has nearly equal logits,
    and rounding decides its classes."""
    data = folder / "fashion.erds"
    run(erde, "ingest", ROOT / "samples" / "fashion", "-o", data, "--quiet")
    for number, network in enumerate(NETWORKS):
        model = folder / f"teacher{number}.pb"
        run(erde, "train", data, "-o", model, "--arch", network, "--epochs", "4", "--quiet")
        yield model, data


def check_schema(checks):
    """Our schema's field numbers against those of the onnx package, field by field."""
    stack, compared, wrong = [], 0, []
    for line in (ROOT / "schemas" / "onnx.proto").read_text().splitlines():
        line = line.split("//")[0]
        if opened := re.match(r"\s*(message|enum|oneof) (\w+) \{", line):
            stack.append(opened.groups())
        elif "}" in line:
            stack.pop()
        elif (field := re.match(r"\s*(?:optional|repeated)?\s*([\w.]+)\s+(\w+) = (\d+)", line)) and stack:
            if stack[-1][0] == "enum":
                continue
            names = [name for kind, name in stack if kind == "message"]
            message = getattr(onnx, names[0]).DESCRIPTOR
            for name in names[1:]:
                message = message.nested_types_by_name[name]
            compared += 1
            theirs = message.fields_by_name.get(field[2])
            if theirs is None or theirs.number != int(field[3]):
                wrong.append(f"{'.'.join(names)}.{field[2]}")
    checks.check("field numbers of schemas/onnx.proto", compared > 30 and not wrong, f"{compared} compared {wrong or ''}")


def digest(model):
    """SHA-256 over all weights by name: length and bytes of the name, extents, elements, numbers as eight bytes."""
    hashed = hashlib.sha256()
    for tensor in sorted(model.graph.initializer, key=lambda tensor: tensor.name):
        hashed.update(struct.pack("<Q", len(tensor.name)) + tensor.name.encode())
        hashed.update(struct.pack(f"<{len(tensor.dims)}Q", *tensor.dims))
        hashed.update(onnx.numpy_helper.to_array(tensor).tobytes())
    return hashed.hexdigest()


def check_file(checks, path):
    """The file itself, by the onnx package."""
    model = onnx.load(str(path))
    try:
        onnx.checker.check_model(model, full_check=True)
        checks.check("onnx.checker.check_model(full_check=True)", True)
    except Exception as error:  # Whatever the checker raises is its verdict.
        checks.check("onnx.checker.check_model(full_check=True)", False, error)
    checks.check("IR 8", model.ir_version == 8, model.ir_version)
    opset = [(entry.domain, entry.version) for entry in model.opset_import]
    checks.check("operator set 17", opset == [("", 17)], opset)
    checks.check("producer", model.producer_name == "erde" and model.producer_version != "")
    graph = model.graph
    checks.check("one input image", [value.name for value in graph.input] == ["image"])
    shape = [entry.dim_param or entry.dim_value for entry in graph.input[0].type.tensor_type.shape.dim]
    checks.check("dynamic batch N", shape[0] == "N" and all(isinstance(extent, int) for extent in shape[1:]), shape)
    outputs = [value.name for value in graph.output]
    checks.check("one output per exit", outputs == [f"logits_exit{exit + 1}" for exit in range(len(outputs))], outputs)
    names = {name for node in graph.node for name in [*node.input, *node.output, node.name]}
    wrong = [name for name in names if not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII)]
    checks.check("C90 names", not wrong, wrong[:5])
    checks.check("standard operators only", all(node.domain == "" for node in graph.node))
    properties = {entry.key: entry.value for entry in model.metadata_props}
    checks.check("metadata keys", set(properties) == METADATA, sorted(set(properties) ^ METADATA) or "")
    for key, value in sorted(properties.items()):
        parsed = json.loads(value)
        again = json.dumps(parsed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        # Numbers may be spelled in another way; the order of keys may not.
        order = list(json.loads(again).keys()) if isinstance(parsed, dict) else None
        checks.check(f"{key} is JSON with sorted keys", order is None or order == list(parsed.keys()))
    checks.check("digest of the weights", json.loads(properties["erde.weights"]) == digest(model))
    macs = json.loads(properties["erde.cumulativeMACs"])
    checks.check("MACs per exit", macs == counted_macs(model), f"{macs}")
    return len(outputs), len(json.loads(properties["erde.classNames"])), shape[1:]


def counted_macs(model):
    """Cumulative MACs of the convolutions and matrix products of one image, counted from the ONNX graph's shapes."""
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
    shapes = {value.name: [extent.dim_value for extent in value.type.tensor_type.shape.dim]
              for value in [*inferred.value_info, *inferred.output]}
    weights = {tensor.name: list(tensor.dims) for tensor in inferred.initializer}
    producers = {name: index for index, node in enumerate(inferred.node) for name in node.output}
    needed, totals = set(), []
    for output in inferred.output:
        pending = [output.name]
        while pending:
            index = producers.get(pending.pop())
            if index is not None and index not in needed:
                needed.add(index)
                pending.extend(inferred.node[index].input)
        total = 0
        for index in needed:
            node = inferred.node[index]
            if node.op_type == "Conv":
                total += int(np.prod(weights[node.input[1]])) * int(np.prod(shapes[node.output[0]][2:]))
            elif node.op_type == "Gemm":
                total += int(np.prod(weights[node.input[1]]))
        totals.append(total)
    return totals


def check_logits(checks, erde, path, data, folder, exits, classes, shape):
    """Logits of every exit against ONNX Runtime's, on the images as erde feeds them."""
    logits_path, images_path = folder / "logits.f32", folder / "images.f32"
    run(
        erde, "evaluate", path, data, "--split", "train", "--precision", "float32", "--limit", IMAGES, "--dump-logits", logits_path,
        "--dump-images", images_path, "--quiet")
    images = np.fromfile(images_path, dtype="<f4").reshape([-1, *shape])
    ours = np.fromfile(logits_path, dtype="<f4").reshape([exits, -1, classes])
    checks.check("as many logits as images", ours.shape[1] == len(images) > 0, f"{len(images)} images")
    checks.check("pixels within 0…1", images.min() >= 0 and images.max() <= 1 and images.max() > 0.5)
    checks.check("logits are finite and not all alike", np.isfinite(ours).all() and ours.std() > 1e-3)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [f"logits_exit{exit + 1}" for exit in range(exits)]
    for batch in [1, 7, 128]:
        pieces = [session.run(names, {"image": images[start : start + batch]}) for start in range(0, len(images), batch)]
        theirs = np.stack([np.concatenate([piece[exit] for piece in pieces]) for exit in range(exits)])
        for exit in range(exits):
            difference = np.abs(theirs[exit] - ours[exit]).max()
            answers = int((theirs[exit].argmax(axis=1) != ours[exit].argmax(axis=1)).sum())
            checks.check(
                f"logits of exit {exit + 1}, batch {batch}, within {TOLERANCE}", difference <= TOLERANCE,
                f"largest difference {difference:.2e}, {answers} other answers")
    return images, ours


def main():
    if len(sys.argv) not in (2, 4):
        print(__doc__, file=sys.stderr)
        return 64
    erde = pathlib.Path(sys.argv[1]).resolve()
    checks = Checks()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_schema(checks)
        check_tflite_schema(checks)
        check_awkward(checks, run, erde, folder)
        given = [map(pathlib.Path, sys.argv[2:4])] if len(sys.argv) == 4 else small_models(erde, folder)
        for model, data in given:
            exits, classes, shape = check_file(checks, model)
            images, logits = check_logits(checks, erde, model, data, folder, exits, classes, shape)
            limit = len(images)
            images, logits = images[:EXPORT_IMAGES], logits[:, :EXPORT_IMAGES]
            exports = ExportChecks(checks, run, erde, model, folder, images, logits)
            exports.check_everything()
            NCNNChecks(checks, run, erde, model, folder, images, logits).check_everything()
            TFLiteChecks(checks, run, erde, model, folder, images, logits).check_everything()
            quantized = QuantizedChecks(checks, run, erde, model, data, folder, images, limit)
            quantized.check_everything()
            TFLiteQuantizedChecks(quantized).check_everything()
            IRChecks(checks, run, erde, folder, exports, quantized).check_everything()
            ParityChecks(checks, run, erde, model, data, folder, images).check_everything()
        NCNNConversionChecks(checks, run, erde, folder).check_everything()
        ConvertedChecks(checks, run, erde, folder).check_everything()
        ImportChecks(checks, erde, folder).check_everything()
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
