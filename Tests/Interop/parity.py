"""Checks that `erde check` and `--check` measure what is there: its figures against ours, and a file that is wrong against a
verdict that says so."""

import json
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import openvino

from exports import expected, in_batches, onnx_runtime

# Batches of other sizes sum in another order.
ROUNDING = 2e-5
DISAGREEMENT = 70


class ParityChecks:
    """One model's exports, checked by erde with this Python."""

    def __init__(self, checks, run, erde, model, data, folder, images):
        self.checks, self.run, self.erde, self.model, self.data, self.folder = checks, run, erde, model, data, folder
        self.images = images
        metadata = {entry.key: entry.value for entry in onnx.load(str(model)).metadata_props}
        self.exits, self.classes = len(json.loads(metadata["erde.cumulativeMACs"])), len(json.loads(metadata["erde.classNames"]))

    def own(self):
        """The images of the test split and erde's logits of them."""
        logits, images = self.folder / "parity.f32", self.folder / "parity_images.f32"
        self.run(
            self.erde, "evaluate", self.model, self.data, "--split", "test", "--precision", "float32", "--dump-logits", logits,
            "--dump-images", images, "--quiet")
        found = np.fromfile(logits, dtype="<f4").reshape([self.exits, -1, self.classes])
        return found, np.fromfile(images, dtype="<f4").reshape([-1, *self.images.shape[1:]])

    def report(self, *arguments, count):
        """Exit status and report of a check of all test images."""
        command = [
            self.erde, *arguments, "--images", self.data, "--limit", count, "--python", sys.executable, "--threads", 1, "--json",
            "--quiet",
        ]
        outcome = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True)
        result = json.loads(outcome.stdout)
        return outcome.returncode, result.get("check", result) if isinstance(result, dict) else {}

    def row(self, report, runtime="ONNX Runtime"):
        return next(row for row in report["files"][0]["runtimes"] if row["runtime"] == runtime)

    def check_everything(self):
        logits, images = self.own()
        count = len(images)
        path = self.folder / "parity.onnx"
        status, report = self.report("export", self.model, "--to", "onnx", "-o", path, "--check", count=count)
        row = self.row(report)
        self.checks.check("check: status 0, agrees", status == 0 and report["agrees"] and row["verdict"] == "agrees", status)
        self.checks.check("check: version", row["version"] == onnxruntime.__version__, row["version"])
        self.checks.check("check: all images", report["imageCount"] == count, count)
        self.compare("all", row, self.theirs(path, images), logits)
        times = {entry["batch"]: entry["milliseconds"] for entry in row["milliseconds"]}
        self.checks.check("check: times of batch 1 and 128", sorted(times) == [1, 128] and min(times.values()) > 0, times)

        wrong = onnx.load(str(path))
        for tensor in wrong.graph.initializer:
            if tensor.data_type == onnx.TensorProto.FLOAT and len(tensor.dims) == 4:
                weights = onnx.numpy_helper.to_array(tensor).copy()
                weights[:1] *= 1.05
                tensor.CopyFrom(onnx.numpy_helper.from_array(weights, tensor.name))
                break
        path = self.folder / "parity_wrong.onnx"
        onnx.save(wrong, str(path))
        status, report = self.report("check", path, "--against", self.model, count=count)
        row = self.row(report)
        self.checks.check(
            "check: a weight changed by a twentieth", status == DISAGREEMENT and row["verdict"] == "differs", row["verdict"])
        self.compare("a wrong file", row, self.theirs(path, images), logits)

        gate = repr(float(np.median(self.entropy(logits[0]))))
        path = self.folder / "parity_dynamic.onnx"
        self.run(self.erde, "export", self.model, "--to", "onnx", "--shape", "dynamic", "--theta", gate, "-o", path, "--quiet")
        status, report = self.report("check", path, "--against", self.model, count=count)
        row = self.row(report)
        found = in_batches(onnx_runtime(path), images, 128)
        exits, _, near = expected(logits, [float(gate)] * (self.exits - 1))
        others = int((found["exit"] != exits).sum())
        self.checks.check(
            "check, dynamic: images that leave elsewhere",
            status == 0 and abs(row["difference"]["otherExits"] - others) <= int(near.sum()), f"{others} of {count}")

        folder = self.folder / "parity_stages"
        status, report = self.report(
            "export", self.model, "--to", "onnx", "--shape", "stages", "--theta", gate, "-o", folder, "--check", count=count)
        row = self.row(report)
        self.checks.check(
            "check, stages: agrees", status == 0 and row["verdict"] == "agrees" and row["difference"]["otherExits"] <= int(near.sum()),
            row["difference"])

        self.check_files_of_openvino(gate, count)

    def check_files_of_openvino(self, gate, count):
        """IR in OpenVINO: as it comes, and in float32, where it must agree."""
        shapes = {"all": [], "cut": ["--exit", 1], "stages": ["--theta", gate]}
        for shape, options in shapes.items():
            # Stages of a model with more exits would be left in it.
            folder = self.folder / f"parity_ir_{shape}_{self.model.stem}"
            status, report = self.report(
                "export", self.model, "--to", "openvino", "--shape", shape, *options, "-o", folder, "--check", count=count)
            file = report["files"][0]
            exact = file["runtimes"][-1]
            self.checks.check(
                f"check, IR, {shape}: agrees in OpenVINO",
                status == 0 and file["format"] == "openvino" and file["shape"] == shape and len(file["runtimes"]) == 2
                and exact["verdict"] == "agrees" and exact["precision"] == "float32"
                and exact["version"] == openvino.__version__.split("-")[0], exact.get("difference", exact))
            status, again = self.report("check", folder, "--against", self.model, count=count)
            self.checks.check(
                f"check, IR, {shape}: the folder says the same", status == 0 and again["files"][0].get("exit") == file.get("exit")
                and again["files"][0]["runtimes"][-1]["difference"] == exact["difference"], file.get("exit", ""))

    def theirs(self, path, images):
        found = in_batches(onnx_runtime(path), images, 128)
        return np.stack([found[f"logits_exit{exit + 1}"] for exit in range(self.exits)])

    def compare(self, label, row, theirs, logits):
        """The report's figures beside those computed here."""
        largest = float(np.abs(theirs - logits).max())
        classes = int((theirs.argmax(axis=2) != logits.argmax(axis=2)).any(axis=0).sum())
        found = row["difference"]
        self.checks.check(
            f"check, {label}: the largest difference is ours", abs(found["largest"] - largest) <= ROUNDING, f"{largest:.3e}")
        self.checks.check(
            f"check, {label}: its share of the largest logit",
            abs(found["largestShare"] - found["largest"] / np.abs(logits).max()) <= 1e-6, found["largestShare"])
        self.checks.check(f"check, {label}: images of another class", found["otherClasses"] == classes, classes)

    @staticmethod
    def entropy(logits):
        shares = np.exp(logits - logits.max(axis=1, keepdims=True).astype(np.float64))
        shares /= shares.sum(axis=1, keepdims=True)
        return -(shares * np.log(shares)).sum(axis=1)
