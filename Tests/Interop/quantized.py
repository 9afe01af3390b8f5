"""Checks quantized models in ONNX Runtime, OpenVINO, ncnn and the C compiler against erde's own answers in bytes."""

import json
import subprocess

import numpy as np
import onnx

from exports import RUNTIMES, expected, follow, in_batches, scores
from ncnn_files import batched, load as load_ncnn, ncnn, one_by_one

# Sums near the middle of two steps may be rounded to either, and the difference is carried through the layers behind: logits
# differ by a few hundredths of their spread, and hardly any image changes its class. A wrong scale changes nearly all.
LOGITS = 0.1
CLASSES = 0.01
# ncnn lacks the last step of bytes without a sign. Where a network has hardly learned, its logits are nearly equal.
NCNN_CLASSES = 0.05
# Scores within this share of their spread from a threshold may fall on either side of it, for the same reason as for logits. Not an
# absolute figure: a network that has hardly learned is equally unsure of all images.
SCORES = 0.1
LARGEST_SHARE = 0.5


class QuantizedChecks:
    """What `erde quantize` makes of one model, in every shape of export, on the first of `limit` images of the training split."""

    def __init__(self, checks, run, erde, model, data, folder, images, limit):
        self.checks, self.run, self.erde, self.data, self.folder = checks, run, erde, data, folder
        self.images, self.model = images, folder / "int8.pb"
        run(erde, "quantize", model, "--data", data, "-o", self.model, "--max-drop", "100", "--force", "--quiet")
        logits = folder / "int8.f32"
        run(erde, "evaluate", self.model, data, "--split", "train", "--limit", limit, "--dump-logits", logits, "--quiet")
        self.classes = len(json.loads(self.properties()["erde.classNames"]))
        self.logits = np.fromfile(logits, dtype="<f4").reshape([-1, limit, self.classes])[:, : len(images)]
        self.exits = len(self.logits)
        self.gates = [float(np.median(scores(rows))) for rows in self.logits[:-1]]

    def properties(self):
        return {entry.key: entry.value for entry in onnx.load(str(self.model)).metadata_props}

    def export(self, name, *options):
        path = self.folder / name
        self.run(self.erde, "export", self.model, "--to", "onnx", "--output", path, "--quiet", *options)
        for file in sorted(path.glob("*.onnx")) if path.is_dir() else [path]:
            onnx.checker.check_model(onnx.load(str(file)), full_check=True)
        return path

    def compare(self, label, found, logits, classes=CLASSES):
        spread = logits.std()
        difference = np.abs(found - logits).max() / spread
        changed = (found.argmax(axis=1) != logits.argmax(axis=1)).mean()
        self.checks.check(
            f"int8, {label}: the same classes", changed <= classes and difference <= LOGITS,
            f"{changed:.2%} changed, largest difference {difference:.3f} of the spread")

    def check_everything(self):
        weights = {tensor.name: tensor.data_type for tensor in onnx.load(str(self.model)).graph.initializer}
        stored = sum(kind == onnx.TensorProto.INT8 for kind in weights.values())
        self.checks.check("int8: weights are stored in bytes", stored > 0, f"{stored} tensors")
        for opset in [17, 21]:
            path = self.export(f"int8_all{opset}.onnx", "--opset", opset)
            for runtime, load in RUNTIMES.items():
                found = in_batches(load(path), self.images, 7)
                for exit in range(self.exits):
                    name = f"logits_exit{exit + 1}"
                    self.compare(f"all, operator set {opset}, {runtime}, exit {exit + 1}", found[name], self.logits[exit])
        path = self.export("int8_cut.onnx", "--shape", "cut", "--exit", self.exits)
        for runtime, load in RUNTIMES.items():
            found = in_batches(load(path), self.images, 128)["logits_exit1"]
            self.compare(f"cut, {runtime}", found, self.logits[-1])
        theta = repr(self.gates[0])
        path = self.export("int8_dynamic.onnx", "--shape", "dynamic", "--theta", theta)
        for runtime, load in RUNTIMES.items():
            found = in_batches(load(path), self.images, 7)
            self.leave(f"dynamic, {runtime}", found["exit"], found["logits"])
        path = self.export("int8_stages", "--shape", "stages", "--theta", theta)
        contract = json.loads((path / "stages.json").read_text())
        for runtime, load in RUNTIMES.items():
            runs = [load(path / stage["file"]) for stage in contract["stages"]]
            self.leave(f"stages, {runtime}", *follow(contract, runs, self.images))
        self.check_c()
        if ncnn is not None:
            self.check_ncnn(theta)

    def check_ncnn(self, theta):
        """Of 256 steps ncnn has 255, so that it is a little further from erde than other runtimes."""
        def export(name, *options):
            path = self.folder / name
            self.run(self.erde, "export", self.model, "--to", "ncnn", "--name", "net", "-o", path, "--quiet", *options)
            return path

        path = export("int8_ncnn") / "net.param"
        lines = [line.split() for line in path.read_text().splitlines() if line.startswith("Convolution")]
        self.checks.check(
            "int8, ncnn: convolutions of bytes", lines and all({"8=1", "8=2"} & set(line) for line in lines), len(lines))
        found = one_by_one(load_ncnn(path), self.images)
        for exit in range(self.exits):
            self.compare(f"all, ncnn, exit {exit + 1}", found[f"logits_exit{exit + 1}"], self.logits[exit], NCNN_CLASSES)
        found = one_by_one(load_ncnn(export("int8_ncnn_cut", "--shape", "cut", "--exit", self.exits) / "net.param"), self.images)
        self.compare("cut, ncnn", found["logits_exit1"], self.logits[-1], NCNN_CLASSES)
        path = export("int8_ncnn_stages", "--shape", "stages", "--theta", theta)
        contract = json.loads((path / "stages.json").read_text())
        runs = [batched(load_ncnn(path / stage["file"])) for stage in contract["stages"]]
        self.leave("stages, ncnn", *follow(contract, runs, self.images), classes=NCNN_CLASSES)

    def check_c(self):
        """The C source, compiled and run by erde itself."""
        target = self.folder / "int8_c"
        command = [
            self.erde, "export", self.model, "--to", "c", "-o", target, "--check", "--images", self.data, "--limit",
            len(self.images), "--threads", 1, "--json", "--quiet",
        ]
        outcome = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True)
        row = json.loads(outcome.stdout)["check"]["files"][0]["runtimes"][0]
        source = "".join(path.read_text() for path in target.glob("*.c"))
        self.checks.check("int8, C: weights are bytes", "static const int8_t t_" in source and "int32_t sum" in source)
        self.checks.check(
            "int8, C: agrees", outcome.returncode == 0 and row["verdict"] == "agrees", json.dumps(row["difference"]))

    def leave(self, label, exits, logits, classes=CLASSES):
        """Images leave where erde lets them leave, unless their score is near the threshold."""
        thresholds = [self.gates[0]] * (self.exits - 1)
        taken, answers, _ = expected(self.logits, thresholds)
        near = np.zeros(len(taken), bool)
        for exit in range(self.exits - 1):
            found = scores(self.logits[exit])
            near |= np.abs(found - thresholds[exit]) < SCORES * found.std()
        other = (exits != taken) & ~near
        self.checks.check(
            f"int8, {label}: exits", not other.any() and near.mean() < LARGEST_SHARE,
            f"{int(other.sum())} elsewhere, {int(near.sum())} near the threshold")
        same = exits == taken
        self.compare(f"{label}, images of the same exit", logits[same], answers[same], classes)
