"""ONNX files in ONNX Runtime."""

import onnxruntime


class Session:
    version = onnxruntime.__version__
    precision = "float32"
    largest_batch = None

    def __init__(self, path, threads):
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.names = [output.name for output in self.session.get_outputs()]

    def __call__(self, feeds):
        return dict(zip(self.names, self.session.run(self.names, feeds)))


def load(path, job):
    return Session(path, job["threads"])
