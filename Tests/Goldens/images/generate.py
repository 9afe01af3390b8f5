#!/usr/bin/env python3
"""Writes the image fixtures beside this script, and expected.json: what their pixels must be.

PNG files of every colour type, depth and interlacing are written by the small encoder below, so their pixels are known
without decoding; where Pillow reads a kind faithfully, it is asked too. JPEG pixels are Pillow's. Resampling goldens are
Pillow's `resize(BILINEAR)`. Needs numpy and Pillow (13.0 was used).
"""

import io
import json
import pathlib
import struct
import zlib

import numpy
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
NAMES = {0: "grey", 2: "rgb", 3: "palette", 4: "grey-alpha", 6: "rgb-alpha"}


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def packed_rows(samples, depth):
    """Rows of samples [H, W, C] as PNG holds them, each behind a filter byte; every second row uses filter Sub."""
    height, width, channels = samples.shape
    pixel_bytes = max(1, channels * depth // 8)
    out = b""
    for y in range(height):
        values = samples[y].reshape(-1)
        if depth == 16:
            row = values.astype(">u2").tobytes()
        elif depth == 8:
            row = values.astype(numpy.uint8).tobytes()
        else:
            bits = "".join(format(int(value), f"0{depth}b") for value in values)
            bits += "0" * (-len(bits) % 8)
            row = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
        if y % 2 == 1:
            row = b"\1" + bytes((row[i] - (row[i - pixel_bytes] if i >= pixel_bytes else 0)) & 255 for i in range(len(row)))
        else:
            row = b"\0" + row
        out += row
    return out


def png(samples, colour_type, depth, interlaced, palette=None, transparency=None):
    height, width, _ = samples.shape
    if interlaced:
        data = b""
        for x0, y0, dx, dy in ADAM7:
            part = samples[y0::dy, x0::dx]
            if part.size:
                data += packed_rows(part, depth)
    else:
        data = packed_rows(samples, depth)
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, int(interlaced))
    file = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    if palette is not None:
        file += chunk(b"PLTE", palette.astype(numpy.uint8).tobytes())
    if transparency is not None:
        file += chunk(b"tRNS", transparency)
    file += chunk(b"tEXt", b"Comment\0passed over")
    return file + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def on_white(colours, alpha):
    """Rounds (c a + 255 (255 - a)) / 255; no value lies half way because 255 is odd."""
    colours, alpha = colours.astype(numpy.float64), alpha.astype(numpy.float64)[..., None]
    return numpy.rint((colours * alpha + 255 * (255 - alpha)) / 255).astype(numpy.uint8)


def to_8_bits(samples, depth):
    return numpy.rint(samples.astype(numpy.float64) * 255 / (2**depth - 1)).astype(numpy.uint8)


def expectation(pixels):
    height, width, channels = pixels.shape
    return {"width": width, "height": height, "channels": channels, "pixels": pixels.tobytes().hex()}


def write_pngs(random, expected):
    sizes = [(13, 7), (1, 1), (5, 9), (17, 3)]
    kinds = [(c, d) for c in CHANNELS for d in (1, 2, 4, 8, 16)]
    kinds = [(c, d) for c, d in kinds if not (c == 3 and d == 16) and not (c in (2, 4, 6) and d < 8)]
    for number, (colour_type, depth) in enumerate(kinds):
        for interlaced in (False, True):
            for transparent in (False, True):
                if transparent and colour_type in (4, 6):
                    continue
                width, height = sizes[(number + interlaced) % len(sizes)]
                samples = random.integers(0, 2**depth, (height, width, CHANNELS[colour_type]))
                palette = transparency = None
                if colour_type == 3:
                    palette = random.integers(0, 256, (2**depth, 3))
                    alphas = random.integers(0, 256, 2**depth - (1 if depth > 1 else 0))
                    full = numpy.concatenate([alphas, numpy.full(2**depth - len(alphas), 255)])
                    transparency = alphas.astype(numpy.uint8).tobytes() if transparent else None
                    pixels = palette[samples[..., 0]].astype(numpy.uint8)
                    if transparent:
                        pixels = on_white(pixels, full[samples[..., 0]])
                else:
                    eight = to_8_bits(samples, depth)
                    if colour_type in (4, 6):
                        pixels = on_white(eight[..., :-1], eight[..., -1])
                    elif transparent:
                        key = samples[0, 0]
                        transparency = key.astype(">u2").tobytes()
                        match = (samples == key).all(axis=-1)
                        pixels = numpy.where(match[..., None], 255, eight).astype(numpy.uint8)
                    else:
                        pixels = eight
                name = f"{NAMES[colour_type]}-{depth}" + ("-trns" if transparent else "") + ("-adam7" if interlaced else "")
                file = png(samples, colour_type, depth, interlaced, palette, transparency)
                (HERE / f"{name}.png").write_bytes(file)
                expected[f"{name}.png"] = expectation(pixels)
                if not transparent and colour_type in (0, 2, 3) and depth <= 8:
                    mode = "L" if colour_type == 0 else "RGB"
                    peer = numpy.asarray(Image.open(io.BytesIO(file)).convert(mode)).reshape(pixels.shape)
                    assert (peer == pixels).all(), name

    samples = random.integers(0, 16, (6, 11, 1))
    levels = random.integers(0, 256, 16)
    (HERE / "palette-4-of-greys.png").write_bytes(png(samples, 3, 4, False, numpy.stack([levels] * 3, axis=-1)))
    expected["palette-4-of-greys.png"] = expectation(levels[samples].astype(numpy.uint8))


def picture(random, width, height, channels):
    """Smooth with some noise, as photographs are."""
    y, x = numpy.mgrid[0:height, 0:width]
    planes = [127 + 100 * numpy.sin(x / (3 + c) + c) * numpy.cos(y / (4 + c)) for c in range(channels)]
    noise = random.normal(0, 6, (height, width, channels))
    return numpy.clip(numpy.stack(planes, axis=-1) + noise, 0, 255).astype(numpy.uint8)


def write_jpegs(random, expected):
    def save(name, image, mode="RGB", patch=lambda bytes: bytes, **options):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", **options)
        file = patch(buffer.getvalue())
        (HERE / name).write_bytes(file)
        pixels = numpy.asarray(Image.open(io.BytesIO(file)).convert(mode))
        expected[name] = expectation(pixels.reshape(image.height, image.width, -1))

    grey = Image.fromarray(picture(random, 19, 11, 1)[..., 0])
    colour = Image.fromarray(picture(random, 37, 21, 3))
    inks = Image.fromarray(picture(random, 18, 17, 4), "CMYK")
    save("grey.jpg", grey, "L", quality=90)
    save("grey-progressive.jpg", grey, "L", quality=90, progressive=True)
    save("baseline-444.jpg", colour, quality=90, subsampling="4:4:4")
    save("baseline-422.jpg", colour, quality=85, subsampling="4:2:2")
    save("baseline-420.jpg", colour, quality=80, subsampling="4:2:0")
    save("baseline-restarts.jpg", colour, quality=80, restart_marker_blocks=2)
    save("progressive-420.jpg", colour, quality=80, progressive=True)
    save("rgb.jpg", colour, quality=90, keep_rgb=True)
    save("cmyk-adobe.jpg", inks, quality=90)

    def as_ycck(file):
        at = file.index(b"Adobe") + 11
        assert file[at] == 0
        return file[:at] + b"\2" + file[at + 1 :]

    save("ycck-adobe.jpg", inks, patch=as_ycck, quality=90)

    # Without Adobe's marker inks are not inverted; Pillow assumes the marker, so its pixels are made from raw samples.
    file = (HERE / "cmyk-adobe.jpg").read_bytes()
    at = file.index(b"\xff\xee")
    file = file[:at] + file[at + 2 + struct.unpack(">H", file[at + 2 : at + 4])[0] :]
    (HERE / "cmyk-plain.jpg").write_bytes(file)
    raw = 255 - numpy.asarray(Image.open(io.BytesIO(file))).astype(numpy.float64)
    pixels = numpy.rint((255 - raw[..., :3]) * (255 - raw[..., 3:]) / 255).astype(numpy.uint8)
    expected["cmyk-plain.jpg"] = expectation(pixels)


def resampling_cases(random):
    cases = []
    sizes = [
        (28, 28, 32, 32), (13, 24, 7, 5), (127, 13, 32, 32), (1, 1, 8, 8), (5, 3, 64, 48), (64, 64, 64, 16),
        (64, 64, 16, 64), (100, 75, 24, 24), (31, 200, 9, 11), (2, 2, 3, 3), (33, 33, 32, 32), (3, 300, 1, 1),
    ]
    for number, (width, height, to_width, to_height) in enumerate(sizes):
        for resizing in ("stretch", "centerCrop"):
            channels = 1 if number % 2 else 3
            pixels = random.integers(0, 256, (height, width, channels)).astype(numpy.uint8)
            box = (0, 0, width, height)
            if resizing == "centerCrop":
                scale = max(to_width / width, to_height / height)
                kept = (to_width / scale, to_height / scale)
                box = ((width - kept[0]) / 2, (height - kept[1]) / 2, (width + kept[0]) / 2, (height + kept[1]) / 2)
                box = (max(0, box[0]), max(0, box[1]), min(width, box[2]), min(height, box[3]))
            planes = []
            for channel in range(channels):
                image = Image.fromarray(pixels[..., channel].copy())
                planes.append(numpy.asarray(image.resize((to_width, to_height), Image.Resampling.BILINEAR, box=box)))
            cases.append({
                "resizing": resizing, "width": width, "height": height, "channels": channels,
                "targetWidth": to_width, "targetHeight": to_height,
                "pixels": pixels.tobytes().hex(), "planes": numpy.stack(planes).tobytes().hex(),
            })
    return cases


def luminance_case(random):
    pixels = random.integers(0, 256, (1, 500, 3)).astype(numpy.uint8)
    return {"pixels": pixels.tobytes().hex(), "grey": numpy.asarray(Image.fromarray(pixels).convert("L")).tobytes().hex()}


def main():
    random = numpy.random.default_rng(20)
    expected = {}
    write_pngs(random, expected)
    write_jpegs(random, expected)
    golden = {"files": expected, "resampling": resampling_cases(random), "luminance": luminance_case(random)}
    (HERE / "expected.json").write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
