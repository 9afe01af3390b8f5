"""What a Python user runs to classify one image: Pillow, NumPy and ONNX Runtime. Prints the class's index."""
import sys
import numpy as np
import onnxruntime as ort
from PIL import Image

session = ort.InferenceSession(sys.argv[1])
info = session.get_inputs()[0]
channels, size = info.shape[1], info.shape[2]
with Image.open(sys.argv[2]) as image:
    image = image.convert("RGB" if channels == 3 else "L").resize((size, size), Image.BILINEAR)
    pixels = np.asarray(image, np.float32) / 255
x = pixels.transpose(2, 0, 1)[None] if channels == 3 else pixels[None, None]
print(int(session.run(None, {info.name: x})[-1].argmax()))
