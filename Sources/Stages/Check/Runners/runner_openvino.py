"""ONNX files and OpenVINO's own in OpenVINO, on the CPU."""

import openvino

# What OpenVINO calls the types that it computes in.
PRECISIONS = {"f32": "float32", "bf16": "bfloat16", "f16": "float16"}


class Compiled:
    version = openvino.__version__.split("-")[0]
    largest_batch = None

    def __init__(self, path, threads, options):
        options = {"INFERENCE_NUM_THREADS": threads} | options
        self.compiled = openvino.Core().compile_model(path, "CPU", options)
        name = self.compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name()
        self.precision = PRECISIONS.get(name, name)

    def __call__(self, feeds):
        results = self.compiled(feeds)
        return {name: results[index] for index, output in enumerate(self.compiled.outputs) for name in output.names}


def load(path, job):
    return Compiled(path, job["threads"], job.get("options", {}))
