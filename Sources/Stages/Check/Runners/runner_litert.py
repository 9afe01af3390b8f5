"""TFLite files in LiteRT, or in one of the packages in which its interpreter was found before."""

import importlib.metadata

import numpy

try:
    from ai_edge_litert.interpreter import Interpreter
    PACKAGE = "ai-edge-litert"
except ModuleNotFoundError as missing:
    if missing.name.split(".")[0] != "ai_edge_litert":
        raise
    try:
        from tflite_runtime.interpreter import Interpreter
        PACKAGE = "tflite-runtime"
    except ModuleNotFoundError:
        try:
            from tensorflow.lite import Interpreter
            PACKAGE = "tensorflow"
        except ModuleNotFoundError:
            raise missing


class Model:
    """Images are fed as `[N, H, W, C]`, as the format has them; everything of rank 4 is turned on the way in and out."""

    version = importlib.metadata.version(PACKAGE)
    largest_batch = None

    def __init__(self, path, threads):
        self.interpreter = Interpreter(model_path=path, num_threads=threads)
        self.inputs = {entry["name"]: entry["index"] for entry in self.interpreter.get_input_details()}
        self.outputs = {entry["name"]: entry["index"] for entry in self.interpreter.get_output_details()}
        stored = {entry["dtype"] for entry in self.interpreter.get_tensor_details()}
        self.precision = "int8" if numpy.int8 in stored else "float32"
        self.batch = None

    def __call__(self, feeds):
        turned = {name: channels_last(rows) for name, rows in feeds.items()}
        batch = len(next(iter(feeds.values())))
        if batch != self.batch:
            for name, rows in turned.items():
                self.interpreter.resize_tensor_input(self.inputs[name], rows.shape)
            self.interpreter.allocate_tensors()
            self.batch = batch
        for name, rows in turned.items():
            self.interpreter.set_tensor(self.inputs[name], rows)
        self.interpreter.invoke()
        return {name: channels_first(self.interpreter.get_tensor(index)) for name, index in self.outputs.items()}


def channels_last(rows):
    return numpy.ascontiguousarray(rows.transpose(0, 2, 3, 1)) if rows.ndim == 4 else rows


def channels_first(rows):
    return rows.transpose(0, 3, 1, 2) if rows.ndim == 4 else rows


def load(path, job):
    return Model(path, job["threads"])
