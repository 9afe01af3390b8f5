"""What erde reads of other people's ONNX files: the ONNX project's own node tests, and torchvision's classifiers."""

import collections
import json
import pathlib
import re
import subprocess
import warnings

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What erde refuses within operators that it claims, by what it says. Everything else must pass.
REFUSALS = [
    ("it mixes the images of a batch", r"mixes the images of a batch|across the batch|moves the batch|reduces all axes|takes statistics over"),
    ("images of one or three axes", r"expected images|expected two positive numbers|expected \[O, C/groups|operand 1 expects rank|expects rank"),
    ("rows alone have a softmax", r"expected rows"),
    ("dilated pooling", r"has dilations"),
    ("places of maxima, masks, statistics as outputs", r"also gives|or gives them"),
    ("training mode", r"training mode"),
    ("strided or reversed ranges, nothing at all", r"th element of an axis|takes nothing|impossible shape"),
    ("borders that are no constant, or not of rows and columns", r"pads by"),
    ("powers other than ±1, ±0.5, 2, 3", r"exponent"),
    ("a bias for each image", r"has a bias of shape"),
    ("computed weights, several images' matrices", r"is computed from the image|second factor of shape|transposes the images|multiplies"),
    ("indices that do not lie behind one another", r"gathers elements"),
    ("a repeated image", r"repeats elements"),
    ("a maximum over other axes than an image's", r"takes a maximum over"),
    ("an operator set before 7", r"operator set [1-6],"),
    ("integers, booleans, text", r"casts images to integers|holds no floats|is a constant|no integer|computes with constants|expected something computed"),
]


def claimed_operators():
    """The list in the documentation."""
    page = (ROOT / "docs" / "import.md").read_text()
    return set(re.findall(r"`(\w+)`", page.split("<!-- operators -->")[1].split("<!-- end -->")[0]))


class ImportChecks:
    """Checks of everything that comes in; counts go to `checks`."""

    def __init__(self, checks, erde, folder):
        self.checks, self.erde, self.folder = checks, erde, folder

    def check_everything(self):
        self.check_node_tests()
        self.check_torchvision()

    def outputs(self, model, inputs):
        """What erde computes, or why not."""
        paths = []
        for index, array in enumerate(inputs):
            path = self.folder / f"input_{index}.pb"
            path.write_bytes(numpy_helper.from_array(array).SerializeToString())
            paths.append(path)
        answer = subprocess.run(
            [self.erde, "run-onnx", model, *paths, "-o", self.folder / "outputs", "--precision", "float32", "--quiet"],
            capture_output=True, text=True)
        if answer.returncode == 65:
            return None, answer.stderr.strip()
        if answer.returncode != 0:
            return None, f"exit status {answer.returncode}: {answer.stderr.strip()}"
        found = json.loads(answer.stdout)
        return [np.fromfile(each["path"], "<f4").reshape(each["shape"]) for each in found], None

    # The ONNX project's own tests of single operators

    def check_node_tests(self):
        from onnx.backend.test.case.node import collect_testcases

        claimed = claimed_operators()
        passed, refused, unclaimed, foreign = 0, collections.Counter(), 0, 0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cases = collect_testcases(None)
        for case in cases:
            operators = {node.op_type for node in case.model.graph.node}
            if not operators <= claimed or any(node.domain for node in case.model.graph.node):
                unclaimed += 1
                continue
            for inputs, outputs in case.data_sets:
                if not self.is_of_a_classifier(inputs, outputs):
                    foreign += 1
                    continue
                path = self.folder / "case.onnx"
                onnx.save(case.model, path)
                found, reason = self.outputs(path, inputs)
                if found is None:
                    group = next((name for name, pattern in REFUSALS if re.search(pattern, reason)), None)
                    if group is None:
                        self.checks.check(f"onnx {case.name}", False, reason)
                    else:
                        refused[group] += 1
                    continue
                wrong = [
                    index for index, (ours, theirs) in enumerate(zip(found, outputs))
                    if ours.shape != np.shape(theirs)
                    or not np.allclose(ours, np.asarray(theirs, np.float32), rtol=max(case.rtol, 1e-3), atol=1e-5, equal_nan=True)
                ]
                if wrong or len(found) != len(outputs):
                    self.checks.check(f"onnx {case.name}", False, f"outputs {wrong} differ")
                else:
                    passed += 1
        for group, count in sorted(refused.items()):
            print(f"       refused, {count} cases: {group}")
        print(f"       not tried: {foreign} cases that do not begin with float images or rows, "
              f"{unclaimed} of operators that erde does not claim")
        self.checks.check(
            f"ONNX's own node tests of {len(claimed)} claimed operators", passed > 150,
            f"{passed} passed, {sum(refused.values())} refused for a documented reason")

    @staticmethod
    def is_of_a_classifier(inputs, outputs):
        """Whether something of floats with a batch goes in first and only floats come out."""
        def is_float(array):
            return isinstance(array, np.ndarray) and array.dtype in (np.float32, np.float64, np.float16)

        return (
            len(inputs) > 0 and is_float(inputs[0]) and inputs[0].ndim > 0 and inputs[0].size > 0
            and all(isinstance(each, np.ndarray) and each.dtype.kind in "fiub" for each in inputs)
            and all(is_float(each) and each.size > 0 for each in outputs))

    # torchvision

    NETWORKS = [
        "resnet18", "resnet50", "mobilenet_v2", "mobilenet_v3_small", "vgg11_bn", "densenet121", "efficientnet_b0",
        "regnet_y_400mf", "squeezenet1_1", "shufflenet_v2_x1_0", "convnext_tiny",
    ]

    # By network and exporter, what keeps it out: the operator at fault.
    KEPT_OUT = {("convnext_tiny", "dynamo"): r"Reshape .* mixes the images of a batch"}

    def check_torchvision(self):
        try:
            import torch
            import torchvision
        except ImportError:
            print("       torchvision is not installed: its classifiers are not tried")
            return
        torch.manual_seed(20261121)
        for name in self.NETWORKS:
            network = torchvision.models.get_model(name, weights=None)
            for module in network.modules():
                # Statistics that are not the identity, so that a normalisation left out shows.
                if isinstance(module, torch.nn.BatchNorm2d):
                    module.running_mean.uniform_(-0.1, 0.1)
                    module.running_var.uniform_(0.8, 1.2)
            network.eval()
            for exporter in ["torchscript", "dynamo"]:
                path = self.folder / f"{name}.{exporter}.onnx"
                try:
                    self.export(torch, network, path, exporter)
                except Exception as error:  # An exporter may miss a package of its own.
                    print(f"       {name} by {exporter}: not exported ({type(error).__name__})")
                    continue
                self.check_network(f"{name} by {exporter}", path, self.KEPT_OUT.get((name, exporter)))
                for file in self.folder.glob(f"{name}.{exporter}.onnx*"):
                    file.unlink()

    @staticmethod
    def export(torch, network, path, exporter):
        images = torch.rand(1, 3, 224, 224)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if exporter == "dynamo":
                torch.onnx.export(
                    network, (images,), path, dynamo=True, dynamic_shapes=({0: "batch"},), external_data=True, verbose=False)
            else:
                torch.onnx.export(
                    network, images, path, dynamo=False, opset_version=17, input_names=["input"],
                    dynamic_axes={"input": {0: "N"}})

    def check_network(self, name, path, kept_out=None):
        images = np.random.default_rng(1).standard_normal((1, 3, 224, 224)).astype(np.float32)
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        theirs = session.run(None, {session.get_inputs()[0].name: images})[0]
        ours, reason = self.outputs(path, [images])
        if ours is None:
            known = kept_out is not None and re.search(kept_out, reason) is not None
            self.checks.check(f"torchvision {name}{' is kept out' if known else ''}", known, reason)
            return
        difference = np.abs(ours[0] - theirs).max() / np.abs(theirs).max()
        self.checks.check(f"torchvision {name} within 1e-3", difference <= 1e-3, f"largest relative difference {difference:.1e}")
        model = self.folder / "imported.pb"
        answer = subprocess.run(
            [self.erde, "import", path, "--no-normalisation", "-o", model, "--quiet", "--json"], capture_output=True, text=True)
        written = answer.returncode == 0 and model.exists()
        self.checks.check(f"torchvision {name} becomes a model", written, answer.stderr.strip())
