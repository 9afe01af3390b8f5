"""Measures ingest: its memory as folders grow, and its speed on one processor beside Pillow and torchvision.

    python ingest.py --erde ERDE --scratch FOLDER --results ingest.jsonl

The images are made: 64x64 colour, half PNG and half JPEG, no two alike. Every program decodes them, brings them to 32x32 and writes
their pixels into one file, whole processes with one processor each (taskset); the peers' imports are not counted. Rounds are
interleaved. Memory is measured at the working size 64 with all processors. --images FOLDER measures the speed on other images,
in the same way, and no memory.
"""
import argparse, json, multiprocessing, pathlib, shutil, statistics, subprocess, sys, time

import numpy as np
from PIL import Image

from folders import process

CLASSES = 10
PART = 2_000


def part(job):
    """Images of one seed, in the folder of one class."""
    folder, seed = job
    random = np.random.default_rng(seed)
    place = folder / f"class{seed % CLASSES}"
    place.mkdir(parents=True, exist_ok=True)
    for number in range(PART):
        image = Image.fromarray(random.integers(0, 256, (8, 8, 3), dtype=np.uint8)).resize((64, 64), Image.BICUBIC)
        if number % 2:
            image.save(place / f"{seed:04}-{number:04}.jpg", quality=90)
        else:
            image.save(place / f"{seed:04}-{number:04}.png", compress_level=1)


def images(scratch, count):
    folder = scratch / f"images{count}"
    if not folder.exists():
        partial = scratch / "partial"
        shutil.rmtree(partial, ignore_errors=True)
        with multiprocessing.Pool() as pool:
            pool.map(part, [(partial, seed) for seed in range(count // PART)], chunksize=1)
        partial.rename(folder)
    return folder


def erde(program, folder, output, size, *before):
    status, seconds, peak, errors = process(
        [*before, program, "ingest", folder, "-o", output, "--size", size, "--channels", "rgb", "--quiet"])
    if status:
        sys.exit(errors)
    output.unlink()
    return seconds, peak


def pillow(files, target):
    for row, file in enumerate(files):
        with Image.open(file) as image:
            target[row] = np.asarray(image.convert("RGB").resize((32, 32), Image.BILINEAR))


def torchvision(files, target):
    import torch
    from torchvision.io import ImageReadMode, decode_image, read_file
    from torchvision.transforms.v2.functional import resize
    torch.set_num_threads(1)
    for row, file in enumerate(files):
        image = resize(decode_image(read_file(str(file)), ImageReadMode.RGB), [32, 32], antialias=True)
        target[row] = image.permute(1, 2, 0).numpy()


def peer(name, folder, output):
    """Runs in a process of its own."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    work = {"pillow": pillow, "torchvision": torchvision}[name]
    target = np.memmap(output, np.uint8, "w+", shape=(len(files), 32, 32, 3))
    work(files[:10], target)
    start = time.perf_counter()
    work(files, target)
    target.flush()
    print(time.perf_counter() - start)


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--erde")
    p.add_argument("--scratch", required=True, type=pathlib.Path)
    p.add_argument("--counts", default="50000,200000", help="images of the folders whose memory is measured")
    p.add_argument("--count", type=int, default=20_000, help="images of the folder whose speed is measured")
    p.add_argument("--images", type=pathlib.Path)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--results", default="ingest.jsonl")
    p.add_argument("--peer", help=argparse.SUPPRESS)
    a = p.parse_args()
    a.scratch.mkdir(exist_ok=True)
    output = a.scratch / "output"
    if a.peer:
        peer(a.peer, a.images or images(a.scratch, a.count), output)
        sys.exit()
    results = open(a.results, "w")

    def record(**entry):
        results.write(json.dumps(entry) + "\n")
        results.flush()
        print(entry, flush=True)

    for count in [] if a.images else map(int, a.counts.split(",")):
        seconds, peak = erde(a.erde, images(a.scratch, count), output, 64)
        record(part="memory", images=count, seconds=round(seconds, 2), peakBytes=peak)
    folder = a.images or images(a.scratch, a.count)
    a.count = sum(path.is_file() for path in folder.rglob("*"))
    rates = {"erde": [], "pillow": [], "torchvision": []}
    for _ in range(a.rounds):
        rates["erde"].append(a.count / erde(a.erde, folder, output, 32, "taskset", "-c", "0")[0])
        for name in ("pillow", "torchvision"):
            done = subprocess.run(
                ["taskset", "-c", "0", sys.executable, __file__, "--scratch", a.scratch, "--images", folder, "--peer", name],
                stdout=subprocess.PIPE, text=True, check=True)
            rates[name].append(a.count / float(done.stdout))
        for name in rates:
            record(part="speed", who=name, rate=round(rates[name][-1], 1))
    for name, found in rates.items():
        print(f"{name}: {statistics.median(found):,.0f} images/s, erde {statistics.median(rates['erde']) / statistics.median(found):.2f}x")
