#!/usr/bin/env python3
"""Writes one JPEG image per EXIF orientation beside this script, in both byte orders, and expected.json: what Pillow makes of
them, turned upright and resized bilinear with antialiasing.

Needs numpy and Pillow (13.0 was used).
"""

import io
import json
import pathlib
import struct

import numpy
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).resolve().parent


def exif(orientation, order):
    """A directory of two entries: the maker's name and the orientation."""
    sign, mark = (">", b"MM\0*") if order == "big" else ("<", b"II*\0")
    entries = struct.pack(sign + "HHI4s", 0x010F, 2, 4, b"abc\0") + struct.pack(sign + "HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"Exif\0\0" + mark + struct.pack(sign + "IH", 8, 2) + entries + struct.pack(sign + "I", 0)


y, x = numpy.mgrid[:30, :44]
scene = numpy.stack([5 * x, 8 * y, 250 - 3 * x - 2 * y], -1).astype(numpy.uint8)
scene[3:10, 4:16] = (250, 30, 60)
expected = []
for orientation in range(1, 9):
    name = f"orientation-{orientation}.jpg"
    stream = io.BytesIO()
    order = "big" if orientation % 2 else "little"
    Image.fromarray(scene).save(stream, "JPEG", quality=95, subsampling=0, exif=exif(orientation, order))
    (HERE / name).write_bytes(stream.getvalue())
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(stream.getvalue())))
    for width, height in [(upright.width, upright.height), (13, 9)]:
        pixels = numpy.asarray(upright.resize((width, height), Image.BILINEAR))
        expected.append({
            "name": name, "fullWidth": upright.width, "fullHeight": upright.height, "width": width, "height": height,
            "planes": pixels.transpose(2, 0, 1).tobytes().hex(),
        })
(HERE / "expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n")
