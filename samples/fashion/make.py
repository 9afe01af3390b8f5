#!/usr/bin/env python3
"""Writes the sample images beside this script: 240 training and 60 test images a class of Fashion-MNIST.

    make.py [FOLDER]    FOLDER holds the four IDX files (Debian: package dataset-fashion-mnist)

The first images of each class are taken, in the order of the files, so that every run writes the same pixels. Every
eighth image is a JPEG, the others are PNG. Needs numpy and Pillow; erde itself needs neither.
"""

import gzip
import pathlib
import shutil
import sys

import numpy
from PIL import Image

CLASSES = [
    "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot",
]
SPLITS = {"train": ("train", 240), "test": ("t10k", 60)}
JPEG_EVERY = 8


def read(folder, stem):
    with gzip.open(folder / f"{stem}-images-idx3-ubyte.gz") as file:
        pixels = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 28, 28)
    with gzip.open(folder / f"{stem}-labels-idx1-ubyte.gz") as file:
        labels = numpy.frombuffer(file.read(), numpy.uint8, offset=8)
    return pixels, labels


def main():
    source = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/datasets/fashion-mnist")
    here = pathlib.Path(__file__).resolve().parent
    for split, (stem, count) in SPLITS.items():
        pixels, labels = read(source, stem)
        shutil.rmtree(here / split, ignore_errors=True)
        for label, name in enumerate(CLASSES):
            folder = here / split / name
            folder.mkdir(parents=True)
            for number, index in enumerate(numpy.flatnonzero(labels == label)[:count]):
                image = Image.fromarray(pixels[index])
                if number % JPEG_EVERY == JPEG_EVERY - 1:
                    image.save(folder / f"{index:05d}.jpg", quality=95)
                else:
                    image.save(folder / f"{index:05d}.png", optimize=True)


if __name__ == "__main__":
    main()
