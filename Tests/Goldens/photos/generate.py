#!/usr/bin/env python3
"""Writes large JPEG images beside this script, and expected.json: what Pillow makes of them at small sizes.

The images have the spectrum of photographs, and hard edges. Pillow decodes them whole and resizes bilinear with antialiasing.
Needs numpy and Pillow (13.0 was used).
"""

import io
import json
import pathlib

import numpy
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent


def photo(seed, width, height):
    random = numpy.random.default_rng(seed)
    across, down = numpy.fft.rfftfreq(width)[None], numpy.fft.fftfreq(height)[:, None]
    amplitude = 1 / numpy.maximum(numpy.hypot(across, down), 1 / max(width, height)) ** 1.5
    fields = []
    for _ in range(3):
        field = numpy.fft.irfft2(amplitude * numpy.exp(2j * numpy.pi * random.random(amplitude.shape)), s=(height, width))
        fields.append((field - field.mean()) / field.std())
    light, red, blue = fields
    pixels = numpy.stack([light + 0.3 * red, light + 0.3 * blue, light - 0.3 * red], -1)
    y, x = numpy.mgrid[:height, :width]
    for _ in range(10):
        middle = random.random(2) * (width, height)
        radius = random.random() * min(width, height) / 5
        pixels[(x - middle[0]) ** 2 + (y - middle[1]) ** 2 < radius * radius] = random.normal(size=3)
    return Image.fromarray(numpy.clip(pixels * 55 + 120, 0, 255).astype(numpy.uint8))


expected = []
for name, mode, size, options in [
    ("colour.jpg", "RGB", (641, 487), {"quality": 85, "subsampling": 2}),
    ("grey-progressive.jpg", "L", (530, 399), {"quality": 90, "progressive": True}),
    ("colour-444.jpg", "RGB", (331, 420), {"quality": 92, "subsampling": 0}),
]:
    stream = io.BytesIO()
    photo(len(name), *size).convert(mode).save(stream, "JPEG", **options)
    (HERE / name).write_bytes(stream.getvalue())
    for side in (5, 12, 19, 28):
        image = Image.open(io.BytesIO(stream.getvalue()))
        pixels = numpy.asarray(image.resize((side, side + 1), Image.BILINEAR)).reshape(side + 1, side, -1)
        expected.append({
            "name": name, "channels": pixels.shape[2], "width": side, "height": side + 1,
            "planes": pixels.transpose(2, 0, 1).tobytes().hex(),
        })
(HERE / "expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n")
