"""ncnn's files in ncnn: one image at a time, since a Mat has no batch."""

import pathlib

import ncnn
import numpy

# Switches of ncnn's that let it compute in less than float32; not every version has all.
HALVES = ["use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_packed", "use_bf16_storage"]


class Net:
    version = ncnn.__version__
    largest_batch = 1

    def __init__(self, path, threads, options):
        self.net = ncnn.Net()
        self.net.opt.num_threads = threads
        self.net.opt.use_vulkan_compute = False
        halves = [name for name in HALVES if hasattr(self.net.opt, name)]
        if options.get("precision") == "float32":
            for name in halves:
                setattr(self.net.opt, name, False)
        self.precision = "16 bit allowed" if any(getattr(self.net.opt, name) for name in halves) else "float32"
        if self.net.load_param(path) != 0:
            raise ValueError(f"{path} is refused")
        if self.net.load_model(str(pathlib.Path(path).with_suffix(".bin"))) != 0:
            raise ValueError(f"{pathlib.Path(path).with_suffix('.bin')} is refused")

    def __call__(self, feeds):
        extractor = self.net.create_extractor()
        extractor.set_light_mode(True)
        for name, rows in feeds.items():
            extractor.input(name, ncnn.Mat(numpy.ascontiguousarray(rows[0])).clone())
        found = {}
        for name in self.net.output_names():
            status, value = extractor.extract(name)
            if status != 0:
                raise ValueError(f"{name} cannot be had: status {status}")
            found[name] = numpy.array(value)[None]
        return found


def load(path, job):
    return Net(path, job["threads"], job.get("options", {}))
