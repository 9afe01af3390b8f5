"""Checks what `erde export` writes against erde's own answers, in ONNX Runtime and OpenVINO."""

import importlib.util
import json

import numpy as np
import onnx
import onnxruntime
import openvino

try:
    import torch
except ImportError:
    torch = None

# Float32 sums in another order differ by far less; a wrong operator, attribute or layout differs by far more.
TOLERANCE = 1e-4
# Scores this close to a threshold may fall on either side of it in another runtime.
ROUNDING = 1e-5
BATCHES = [1, 7, 128]


def scores(logits, kind="entropy"):
    """How unsure each row is, in double precision: entropy of the softmax in nats, or one of the other scores."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    shares = np.exp(shifted)
    total = shares.sum(axis=1)
    if kind == "oneMinusMaximum":
        return 1 - 1 / total
    entropy = np.maximum(0, np.log(total) - (shares * shifted).sum(axis=1) / total)
    return entropy / np.log(logits.shape[1]) if kind == "normalizedEntropy" else entropy


def expected(logits, thresholds, kind="entropy"):
    """The exit of every image counted from 1, its logits, and whether a score on the way was within rounding of a threshold."""
    exits, count = len(logits), logits.shape[1]
    taken, near = np.full(count, exits), np.zeros(count, bool)
    waiting = np.ones(count, bool)
    for exit in range(exits - 1):
        score = scores(logits[exit], kind)
        near |= waiting & (np.abs(score - thresholds[exit]) < ROUNDING)
        leaving = waiting & (score < thresholds[exit])
        taken[leaving] = exit + 1
        waiting &= ~leaving
    return taken, logits[taken - 1, np.arange(count)], near


def onnx_runtime(path):
    """A function from named arrays to named arrays."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return lambda feeds: dict(zip(names, session.run(names, feeds)))


def openvino_cpu(path):
    """The same with OpenVINO, in float32: in bfloat16, its default on some processors, images cross thresholds."""
    compiled = openvino.Core().compile_model(str(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    names = [output.any_name for output in compiled.outputs]

    def run(feeds):
        results = compiled(feeds)
        return {name: results[index] for index, name in enumerate(names)}

    return run


RUNTIMES = {"ONNX Runtime": onnx_runtime, "OpenVINO": openvino_cpu}


def in_batches(run, images, batch, **constants):
    """The outputs for all images, fed in batches."""
    pieces = [run({"image": images[start : start + batch]} | constants) for start in range(0, len(images), batch)]
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}


class ExportChecks:
    """Everything that `erde export` writes of one model, against the logits that erde gives."""

    def __init__(self, checks, run, erde, model, folder, images, logits):
        self.checks, self.run, self.erde, self.model, self.folder = checks, run, erde, model, folder
        self.images, self.logits = images, logits
        self.exits = len(logits)
        properties = {entry.key: entry.value for entry in onnx.load(str(model)).metadata_props}
        self.macs = json.loads(properties["erde.cumulativeMACs"])

    def export(self, name, *options, model=None):
        """Writes a file and checks it with the onnx package."""
        path = self.folder / name
        self.run(self.erde, "export", model or self.model, "--output", path, "--quiet", *options)
        for file in sorted(path.glob("*.onnx")) if path.is_dir() else [path]:
            self.check_file(file)
        return path

    def check_file(self, path):
        """The file itself, by the onnx package, and by erde inspect."""
        try:
            onnx.checker.check_model(onnx.load(str(path)), full_check=True)
            onnx.shape_inference.infer_shapes(onnx.load(str(path)), strict_mode=True)
            problem = ""
        except Exception as error:  # Whatever the checker raises is its verdict.
            problem = error
        self.checks.check(f"{path.name}: onnx checker", problem == "", problem)
        self.run(self.erde, "inspect", path)

    def check_all(self):
        for opset, ir in [(17, 8), (18, 8), (19, 9), (20, 9), (21, 10)]:
            path = self.export(f"all{opset}.onnx", "--to", "onnx", "--opset", opset)
            model = onnx.load(str(path))
            self.checks.check(
                f"all: operator set {opset}", model.opset_import[0].version == opset and model.ir_version == ir, model.ir_version)
            self.compare_logits(path, f"all, operator set {opset}", self.logits, BATCHES if opset == 17 else [7])

    def check_cut(self):
        for exit in range(self.exits):
            path = self.export(f"cut{exit + 1}.onnx", "--to", "onnx", "--shape", "cut", "--exit", exit + 1)
            self.compare_logits(path, f"cut at exit {exit + 1}", self.logits[exit : exit + 1], BATCHES)

    def compare_logits(self, path, name, logits, batches):
        for runtime, load in RUNTIMES.items():
            run = load(path)
            for batch in batches:
                found = in_batches(run, self.images, batch)
                difference = max(np.abs(found[f"logits_exit{exit + 1}"] - logits[exit]).max() for exit in range(len(logits)))
                self.checks.check(
                    f"{name}, {runtime}, batch {batch}: logits within {TOLERANCE}",
                    len(found) == len(logits) and difference <= TOLERANCE, f"{difference:.2e}")

    def thresholds(self):
        """By name: thresholds at which some images leave at each exit, none leaves early, and all leave at once."""
        gates = self.exits - 1
        middle = float(np.median(scores(self.logits[0])))
        return {"some": [middle] * gates, "none": [0.0] * gates, "every": [100.0] * gates}

    def check_dynamic(self):
        for name, thresholds in self.thresholds().items():
            for opset in [17, 21] if name == "some" else [17]:
                path = self.export(
                    f"dynamic_{name}{opset}.onnx", "--to", "onnx", "--shape", "dynamic", "--theta", repr(thresholds[0]),
                    "--opset", opset)
                for runtime, load in RUNTIMES.items():
                    run = load(path)
                    for batch in BATCHES:
                        label = f"dynamic, {name} leave, operator set {opset}, {runtime}, batch {batch}"
                        self.compare_answers(label, in_batches(run, self.images, batch), thresholds)
        path = self.export("dynamic_input.onnx", "--to", "onnx", "--shape", "dynamic", "--theta", "1", "--theta-input")
        for runtime, load in RUNTIMES.items():
            run = load(path)
            for name, thresholds in self.thresholds().items():
                found = in_batches(run, self.images, 7, theta=np.array(thresholds, np.float32))
                self.compare_answers(f"dynamic, theta as input, {name} leave, {runtime}", found, thresholds)

    def with_thresholds(self, kind, thresholds):
        """A copy of the model that knows these thresholds for a budget."""
        model, path = onnx.load(str(self.model)), self.folder / f"{kind}.pb"
        policy = {"score": kind, "thresholds": thresholds}
        point = {"budgetMACs": self.macs[-1], "calibrationAccuracy": 0.5, "calibrationMeanMACs": self.macs[0], "policy": policy}
        for entry in model.metadata_props:
            if entry.key == "erde.operatingPoints":
                entry.value = json.dumps([point])
        onnx.save(model, str(path))
        return path

    def check_scores(self):
        """Stored thresholds on every score; the operators of some differ between operator sets."""
        for kind in ["entropy", "normalizedEntropy", "oneMinusMaximum"]:
            thresholds = [float(np.median(scores(logits, kind))) for logits in self.logits[:-1]]
            model = self.with_thresholds(kind, thresholds)
            for opset in [17, 18, 21]:
                options = ["--to", "onnx", "--shape", "dynamic", "--budget", "100%", "--opset", opset]
                path = self.export(f"dynamic_{kind}{opset}.onnx", *options, model=model)
                for runtime, load in RUNTIMES.items():
                    label = f"dynamic, stored thresholds on {kind}, operator set {opset}, {runtime}"
                    self.compare_answers(label, in_batches(load(path), self.images, 7), thresholds, kind)

    def compare_answers(self, label, found, thresholds, kind="entropy"):
        exits, logits, near = expected(self.logits, thresholds, kind)
        other = (found["exit"] != exits) & ~near
        same = found["exit"] == exits
        difference = np.abs(found["logits"] - logits)[same].max()
        self.checks.check(
            f"{label}: exits and logits", not other.any() and difference <= TOLERANCE,
            f"{[int((exits == exit + 1).sum()) for exit in range(self.exits)]} images per exit, {int(other.sum())} elsewhere, "
            f"{int((~same & near).sum())} within rounding, largest difference {difference:.2e}")
        shares = np.exp(found["logits"] - found["logits"].max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        costs = np.array(self.macs)[found["exit"] - 1]
        self.checks.check(
            f"{label}: probability and macs",
            np.abs(found["probability"] - shares).max() <= 1e-5 and (found["macs"] == costs).all())

    def check_stages(self):
        thresholds = self.thresholds()["some"]
        path = self.export("stages", "--to", "onnx", "--shape", "stages", "--theta", repr(thresholds[0]))
        contract = json.loads((path / "stages.json").read_text())
        self.checks.check("stages: one file per exit", len(contract["stages"]) == self.exits)
        self.checks.check(
            "stages: thresholds in the contract",
            [stage.get("threshold") for stage in contract["stages"]] == [*thresholds, None])
        for runtime, load in RUNTIMES.items():
            runs = [load(path / stage["file"]) for stage in contract["stages"]]
            self.compare_stages(f"stages, {runtime}", contract, runs, thresholds)

    def compare_stages(self, label, contract, runs, thresholds, kind="entropy", batches=BATCHES):
        """What a host gets that follows the contract."""
        for batch in batches:
            pieces = [
                follow(contract, runs, self.images[start : start + batch]) for start in range(0, len(self.images), batch)
            ]
            taken, answers = (np.concatenate([piece[index] for piece in pieces]) for index in range(2))
            exits, logits, near = expected(self.logits, thresholds, kind)
            other = (taken != exits) & ~near
            difference = np.abs(answers - logits)[taken == exits].max()
            self.checks.check(
                f"{label}, batch {batch}: exits and logits", not other.any() and difference <= TOLERANCE,
                f"{int(other.sum())} elsewhere, largest difference {difference:.2e}")

    def check_torch(self):
        """The generated Python file, when PyTorch is installed."""
        thresholds = self.thresholds()["some"]
        path = self.folder / "torch"
        self.run(
            self.erde, "export", self.model, "--to", "safetensors", "--name", "net", "--theta", repr(thresholds[0]),
            "--output", path, "--quiet")
        compile((path / "net.py").read_text(), "net.py", "exec")
        self.checks.check("safetensors: the Python file is Python", True)
        if torch is None:
            return
        description = importlib.util.spec_from_file_location("net", path / "net.py")
        module = importlib.util.module_from_spec(description)
        description.loader.exec_module(module)
        model, images = module.load(), torch.from_numpy(self.images)
        with torch.no_grad():
            logits = torch.stack(model(images)).numpy()
        difference = np.abs(logits - self.logits).max()
        self.checks.check(f"safetensors, PyTorch: logits within {TOLERANCE}", difference <= TOLERANCE, f"{difference:.2e}")
        for name, thresholds in self.thresholds().items():
            found, taken = model.classify(images, thresholds)
            exits, expectation, near = expected(self.logits, thresholds)
            other = (taken.numpy() != exits) & ~near
            difference = np.abs(found.numpy() - expectation)[taken.numpy() == exits].max()
            self.checks.check(
                f"safetensors, PyTorch, {name} leave: exits and logits", not other.any() and difference <= TOLERANCE,
                f"{int(other.sum())} elsewhere, largest difference {difference:.2e}")
        model.train()
        sum(output.sum() for output in model(images[:8])).backward()
        missing = [name for name, parameter in model.named_parameters() if parameter.grad is None]
        self.checks.check("safetensors, PyTorch: every parameter is trained", not missing, missing or "")

    def check_everything(self):
        self.check_all()
        self.check_cut()
        self.check_dynamic()
        self.check_scores()
        self.check_stages()
        self.check_torch()


def follow(contract, runs, images):
    """What a host does with the stages: exit and logits of every image."""
    exits, logits = np.zeros(len(images), int), np.zeros((len(images), len(contract["classNames"])), np.float32)
    waiting, tensors = np.arange(len(images)), {"image": images}
    for stage, run in zip(contract["stages"], runs):
        results = run({port["name"]: tensors[port["name"]] for port in stage["inputs"]})
        tensors |= results
        leaves = np.ones(len(waiting), bool)
        if "threshold" in stage:
            leaves = results[stage["score"]["name"]] < float(stage["threshold"])
        exits[waiting[leaves]] = stage["exit"]
        logits[waiting[leaves]] = results[stage["logits"]["name"]][leaves]
        waiting = waiting[~leaves]
        if len(waiting) == 0:
            break
        tensors = {name: tensors[name][~leaves] for name in stage["keep"]}
    return exits, logits
