"""Measures whole folders: classification beside ONNX Runtime and OpenVINO, its memory, and a folder with broken files.

    python folders.py --erde ERDE --model STUDENT.pb --budget 12M --images IDX_FOLDER --scratch FOLDER --results folders.jsonl

IDX_FOLDER has Fashion-MNIST's t10k-images-idx3-ubyte.gz (apt install dataset-fashion-mnist); its 10,000 images are written once as
PNG and once as JPEG of quality 95. Run it with the Python that has the peers, on a machine that does nothing else. Rounds are
interleaved; rates are whole processes' for erde, start included, and without imports and loading for the peers.
"""
import argparse, gzip, json, os, pathlib, random, re, shutil, statistics, subprocess, sys, time

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent


def fashion(idx, folder, count=10_000):
    """20,000 files of the test images."""
    if folder.exists():
        return folder
    partial = folder.with_name("partial")
    shutil.rmtree(partial, ignore_errors=True)
    pixels = np.frombuffer(gzip.open(idx / "t10k-images-idx3-ubyte.gz").read(), np.uint8, offset=16).reshape(-1, 28, 28)
    for kind, options in ("png", {}), ("jpg", {"quality": 95}):
        (partial / kind).mkdir(parents=True)
        for number, image in enumerate(pixels[:count]):
            Image.fromarray(image).save(partial / kind / f"{number:05}.{kind}", **options)
    partial.rename(folder)
    return folder


def tenfold(source, folder):
    """The same files ten times, as links."""
    if not folder.exists():
        for copy in range(10):
            shutil.copytree(source, folder / f"{copy}", copy_function=os.link)
    return folder


def broken(source, folder, count=10_000, bad=500):
    """PNG files of which some are broken, each in one of the ways."""
    if folder.exists():
        return folder
    folder.mkdir(parents=True)
    names = sorted((source / "png").iterdir())[:count]
    sound = [path.read_bytes() for path in names]
    chooser = random.Random(1)
    for number, data in enumerate(sound):
        path = folder / f"{number:05}.png"
        if number % (count // bad) != 7:
            path.write_bytes(data)
            continue
        way = (number // (count // bad)) % 10
        if way == 0:
            path.write_bytes(b"")
        elif way == 1:
            path.write_bytes(data[: len(data) // 2])
        elif way == 2:
            path.write_bytes(bytes(chooser.randrange(256) for _ in range(300)))
        elif way == 3:
            path.write_bytes(b"GIF89a" + data[6:])
        elif way == 4:  # A size of 100,000 x 100,000 in the header, its checksum right.
            import zlib
            header = b"IHDR" + (100_000).to_bytes(4, "big") * 2 + data[24:29]
            path.write_bytes(data[:12] + header + zlib.crc32(header).to_bytes(4, "big") + data[33:])
        elif way == 5:  # One byte of the pixels changed, its checksum not.
            path.write_bytes(data[:60] + bytes([data[60] ^ 255]) + data[61:])
        elif way == 6:
            path.write_bytes(b"\xff\xd8\xff\xe0" + bytes(40))
        elif way == 7:
            path.write_text("<html>404</html>")
        elif way == 8:
            path.mkdir()
        else:
            path.symlink_to("nowhere.png")
    return folder


def process(command):
    """Exit status, seconds, peak bytes, stdout and stderr of a command."""
    start = time.perf_counter()
    child = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, time.perf_counter() - start, usage.ru_maxrss * 1024, errors


def peer(name, onnx, folder):
    done = subprocess.run(
        [sys.executable, HERE / "peers" / "classify_folder.py", name, onnx, folder], stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)["images_per_s"]


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--erde", required=True)
    p.add_argument("--model", required=True, help="a student with thresholds")
    p.add_argument("--budget", default="12M")
    p.add_argument("--int8", help="the same student quantized")
    p.add_argument("--images", required=True, type=pathlib.Path)
    p.add_argument("--scratch", required=True, type=pathlib.Path)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--results", default="folders.jsonl")
    p.add_argument("--parts", default="speed,memory,broken")
    a = p.parse_args()
    a.scratch.mkdir(exist_ok=True)
    folder = fashion(a.images, a.scratch / "folder")
    answers = a.scratch / "answers.csv"
    results = open(a.results, "a")

    def record(**entry):
        results.write(json.dumps(entry | {"time": time.time()}) + "\n")
        results.flush()
        print(entry, flush=True)

    def classify(*options, model=a.model, folder=folder):
        answers.unlink(missing_ok=True)
        return process([a.erde, "classify", model, folder, "--output", answers, *options])

    def rate(*options, model=a.model):
        status, seconds, _, errors = classify(*options, model=model)
        if status != 0:
            sys.exit(errors)
        return 20_000 / seconds

    if "speed" in a.parts:
        onnx = a.scratch / "student.onnx"
        subprocess.run([a.erde, "export", a.model, "--to", "onnx", "--shape", "cut", "-o", onnx], check=True)
        runs = {
            "erde, full depth": lambda: rate("--theta", "0"),
            "ONNX Runtime": lambda: peer("onnxruntime", onnx, folder),
            f"erde, exits at {a.budget}": lambda: rate("--budget", a.budget),
            "OpenVINO": lambda: peer("openvino", onnx, folder),
        }
        if a.int8:
            runs["erde int8, full depth"] = lambda: rate("--theta", "0", model=a.int8)
            runs[f"erde int8, exits at {a.budget}"] = lambda: rate("--budget", a.budget, model=a.int8)
        rates = {name: [] for name in runs}
        for round in range(a.rounds):
            for name, run in runs.items():
                rates[name].append(run())
                record(part="speed", who=name, round=round, rate=rates[name][-1])
        best = max(statistics.median(rates[name]) for name in ("ONNX Runtime", "OpenVINO"))
        for name, found in rates.items():
            middle = statistics.median(found)
            print(f"{name}: {middle:,.0f} images/s ({min(found):,.0f} to {max(found):,.0f}), {middle / best:.2f}x the best peer")
    if "memory" in a.parts:
        large = tenfold(folder, a.scratch / "tenfold")
        for name, place in ("20,000 files", folder), ("200,000 files", large):
            for round in range(2):
                status, seconds, peak, _ = classify("--budget", a.budget, folder=place)
                record(part="memory", who=name, round=round, status=status, seconds=seconds, peakBytes=peak)
    if "broken" in a.parts:
        place = broken(folder, a.scratch / "broken")
        for behaviour in "fail", "skip":
            status, _, peak, errors = classify("--budget", a.budget, "--on-bad-image", behaviour, folder=place)
            lines = len(answers.read_text().splitlines()) - 1
            named = len({match for match in re.findall(r"broken/(\d{5}\.png)", errors)})
            record(part="broken", who=behaviour, status=status, answered=lines, named=named, peakBytes=peak)
