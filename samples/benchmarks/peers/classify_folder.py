"""What a Python user runs to classify a folder: Pillow in threads, NumPy, and ONNX Runtime or OpenVINO. Prints a JSON line.

    python classify_folder.py onnxruntime|openvino MODEL.onnx FOLDER

The file must have pixels 0 to 1 as its input, as erde's exports have. The rate counts from the first file to the last answer;
imports and the loading of the model are not in it.
"""
import concurrent.futures, json, os, sys, time

import numpy as np
from PIL import Image

BATCH = 128


def load(path, channels, height, width):
    with Image.open(path) as image:
        image = image.convert("RGB" if channels == 3 else "L")
        if image.size != (width, height):
            image = image.resize((width, height), Image.BILINEAR)
        pixels = np.asarray(image, np.float32) / 255
    return pixels.transpose(2, 0, 1) if channels == 3 else pixels[None]


def onnxruntime_session(path):
    import onnxruntime
    session = onnxruntime.InferenceSession(path)
    name, shape = session.get_inputs()[0].name, session.get_inputs()[0].shape[1:]
    last = session.get_outputs()[-1].name
    return shape, lambda images: session.run([last], {name: images})[0]


def openvino_session(path):
    import openvino
    compiled = openvino.Core().compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    shape = [extent.get_length() for extent in list(compiled.input(0).partial_shape)[1:]]
    return shape, lambda images: compiled({0: images})[len(compiled.outputs) - 1]


if __name__ == "__main__":
    runtime, model, folder = sys.argv[1:]
    shape, run = (onnxruntime_session if runtime == "onnxruntime" else openvino_session)(model)
    start = time.perf_counter()
    files = sorted(
        os.path.join(place, name) for place, _, names in os.walk(folder) for name in names
        if name.lower().endswith((".png", ".jpg", ".jpeg")))
    answers = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for first in range(0, len(files), BATCH):
            images = np.stack(list(pool.map(lambda path: load(path, *shape), files[first : first + BATCH])))
            answers.extend(run(images).argmax(axis=1))
    rate = len(files) / (time.perf_counter() - start)
    print(json.dumps({"peer": runtime, "images": len(answers), "images_per_s": round(rate, 1)}))
