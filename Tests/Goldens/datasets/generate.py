#!/usr/bin/env python3
"""Writes tiny datasets in the true formats beside this script, and expected.json: what their pixels and labels are.

CIFAR's batches are pickled as Python 2 did (by the pickler below, which emits the same opcodes) and as Python 3 does with
NumPy arrays or bytes; SVHN's files are written by SciPy, archives by tarfile and zipfile, images by Pillow. Run with

    python3 generate.py        (needs numpy, scipy and Pillow; 2.4, 1.17 and 12 were used)
"""

import gzip
import io
import json
import pathlib
import pickle
import shutil
import struct
import tarfile
import zipfile

import numpy
import scipy.io
from PIL import Image

tarfile.RECORDSIZE = 512  # no padding
HERE = pathlib.Path(__file__).resolve().parent
expected = {}


def fresh(name):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def pack(name):
    """Replaces a folder by an archive of it: the data compress well."""
    with tarfile.open(HERE / f"{name}.tar.xz", "w:xz", format=tarfile.GNU_FORMAT) as archive:
        archive.add(HERE / name, name, filter=lambda info: setattr(info, "mtime", 0) or info)
    shutil.rmtree(HERE / name)


def image(index, side=32, channels=3):
    """[H, W, C]: every pixel, row, column and channel is told from its neighbours; it also compresses."""
    y, x, c = numpy.meshgrid(numpy.arange(side), numpy.arange(side), numpy.arange(channels), indexing="ij")
    return ((x * 3 + y * 5 + c * 70 + index * 23) % 251).astype(numpy.uint8)


def planes(pixels):
    """[C, H, W] as text."""
    return numpy.ascontiguousarray(pixels.transpose(2, 0, 1)).tobytes().hex()


def checks(pixels):
    """A digest that any language can compute: the planes' bytes weighted by position, modulo 2^32."""
    data = numpy.ascontiguousarray(pixels.transpose(2, 0, 1)).reshape(-1).astype(numpy.uint64)
    return int((data * (numpy.arange(len(data), dtype=numpy.uint64) * 2654435761 % 4294967291)).sum() % 2**32)


def entry(split, label, pixels):
    return {"split": split, "label": label, "check": checks(pixels)}


# MARK: CIFAR, binary

TEN = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def record(labels, index):
    return bytes(labels) + image(index).transpose(2, 0, 1).tobytes()


folder = fresh("cifar-10-batches-bin")
rows = []
for batch, indices in ((1, range(5)), (2, range(5, 11))):
    (folder / f"data_batch_{batch}.bin").write_bytes(b"".join(record([k % 10], k) for k in indices))
    rows += [entry("train", TEN[k % 10], image(k)) for k in indices]
(folder / "test_batch.bin").write_bytes(record([2], 40) + record([0], 41) + record([9], 42))
rows += [entry("test", TEN[label], image(index)) for label, index in [(2, 40), (0, 41), (9, 42)]]
(folder / "batches.meta.txt").write_text("\n".join(TEN) + "\n\n")
(folder / "readme.html").write_text("<html></html>\n")
expected["cifar-10"] = rows
pack("cifar-10-batches-bin")

folder = fresh("cifar-100-binary")
fine = [f"fine-{k:02}" for k in range(100)]
coarse = [f"coarse-{k:02}" for k in range(20)]
(folder / "fine_label_names.txt").write_text("\n".join(fine) + "\n")
(folder / "coarse_label_names.txt").write_text("\n".join(coarse) + "\n")
(folder / "train.bin").write_bytes(b"".join(record([k % 20, k % 100], k) for k in range(101)))
(folder / "test.bin").write_bytes(record([18, 98], 170))
indices = [("train", k, k) for k in range(101)] + [("test", 98, 170)]
expected["cifar-100"] = [entry(split, fine[label % 100], image(index)) for split, label, index in indices]
expected["cifar-100-coarse"] = [entry(split, coarse[label % 20], image(index)) for split, label, index in indices]
pack("cifar-100-binary")


# MARK: CIFAR, pickled


class Python2Pickler(pickle._Pickler):
    """Writes what Python 2's cPickle wrote with protocol 2: str as (SHORT_)BINSTRING and numpy.core names."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_text(self, value):
        data = value if isinstance(value, bytes) else value.encode("latin1")
        if len(data) < 256:
            self.write(b"U" + bytes([len(data)]) + data)
        else:
            self.write(b"T" + struct.pack("<i", len(data)) + data)
        self.memoize(value)

    dispatch[str] = save_text
    dispatch[bytes] = save_text

    def save_global(self, value, name=None):
        module, name = value.__module__, name or value.__qualname__
        module = module.replace("numpy._core", "numpy.core")
        self.write(b"c" + module.encode() + b"\n" + name.encode() + b"\n")
        self.memoize(value)

    dispatch[type] = save_global
    dispatch[type(image)] = save_global
    dispatch[type(len)] = save_global


def batch(indices, labels, key, names):
    data = numpy.stack([image(index).transpose(2, 0, 1).reshape(-1) for index in indices])
    return {
        key("batch_label"): key("training batch 1 of 1"),
        key("labels"): list(labels),
        key("data"): data,
        key("filenames"): [key(name) for name in names],
    }


def text(value):
    return value


def octets(value):
    return value.encode()


def write_python2(path, value):
    with open(path, "wb") as file:
        Python2Pickler(file, protocol=2).dump(value)
    # The same must come back from the reader that everyone uses.
    again = pickle.loads(path.read_bytes(), encoding="bytes")
    if "data" in value:
        assert (again[b"data"] == value["data"]).all() and again[b"labels"] == value["labels"]


rows = [entry("train", TEN[k % 10], image(k + 100)) for k in range(11)]
rows += [entry("test", TEN[k], image(k + 120)) for k in range(2)]
expected["cifar-10-pickled"] = rows
train = (range(100, 111), [k % 10 for k in range(11)])
test = (range(120, 122), [0, 1])

folder = fresh("cifar-10-batches-py")
write_python2(folder / "data_batch_1", batch(*train, text, [f"a_{k}.png" for k in range(11)]))
write_python2(folder / "test_batch", batch(*test, text, ["b_0.png", "b_1.png"]))
write_python2(folder / "batches.meta", {"num_cases_per_batch": 10000, "label_names": TEN, "num_vis": 3072})
pack("cifar-10-batches-py")

for protocol in (2, 3, 4, 5):
    folder = fresh(f"cifar-10-python3-protocol{protocol}")
    key = octets if protocol % 2 else text
    (folder / "data_batch_1").write_bytes(pickle.dumps(batch(*train, key, list("abcdefghijk")), protocol=protocol))
    (folder / "test_batch").write_bytes(pickle.dumps(batch(*test, key, ["e", "f"]), protocol=protocol))
    meta = {key("label_names"): [key(name) for name in TEN]}
    (folder / "batches.meta").write_bytes(pickle.dumps(meta, protocol=protocol))
    pack(f"cifar-10-python3-protocol{protocol}")

# Bytes in place of an array, and labels as an array.
folder = fresh("cifar-10-python3-bytes")
for name, (indices, labels) in (("data_batch_1", train), ("test_batch", test)):
    value = batch(indices, labels, octets, ["x"] * len(labels))
    value[b"data"] = value[b"data"].tobytes()
    value[b"labels"] = numpy.array(labels, dtype=numpy.int64)
    (folder / name).write_bytes(pickle.dumps(value, protocol=3))
pack("cifar-10-python3-bytes")

folder = fresh("cifar-100-python")
for name, indices in (("train", range(101)), ("test", range(170, 171))):
    value = batch(indices, [], text, ["x"])
    del value["labels"]
    value["fine_labels"] = [index % 100 if name == "train" else 98 for index in indices]
    value["coarse_labels"] = [index % 20 if name == "train" else 18 for index in indices]
    with open(folder / name, "wb") as file:
        Python2Pickler(file, protocol=2).dump(value)
write_python2(folder / "meta", {"fine_label_names": fine, "coarse_label_names": coarse})
pack("cifar-100-python")


# MARK: SVHN

expected["svhn"] = []
for compressed in (True, False):
    folder = fresh("svhn" if compressed else "svhn-plain")
    for split, indices in (("train", range(200, 211)), ("test", range(220, 222))):
        # MATLAB's order: [H, W, C, N]; digit 0 has label 10.
        X = numpy.stack([image(index) for index in indices], axis=3)
        digits = [index % 10 for index in indices]
        y = numpy.array([[digit or 10] for digit in digits], dtype=numpy.uint8)
        scipy.io.savemat(folder / f"{split}_32x32.mat", {"X": X, "y": y}, do_compression=compressed)
        if compressed:
            expected["svhn"] += [entry(split, str(digit), image(index)) for index, digit in zip(indices, digits)]
    if not compressed:
        pack("svhn-plain")


# MARK: EMNIST


def idx(array):
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def oblong(index):
    return numpy.ascontiguousarray(image(index, 6, 1)[:, :4])


folder = fresh("emnist")
expected["emnist"] = []
for part, indices, split in (("train", range(8), "train"), ("test", range(8, 11), "test")):
    labels = numpy.array([index % 3 + 1 for index in indices], dtype=numpy.uint8)
    # Stored as columns of rows: [N, W, H].
    stored = numpy.stack([oblong(index)[:, :, 0].T for index in indices])
    for name, array in (("images-idx3", stored), ("labels-idx1", labels)):
        with open(folder / f"emnist-letters-{part}-{name}-ubyte.gz", "wb") as file:
            file.write(gzip.compress(idx(numpy.ascontiguousarray(array)), mtime=0))
    expected["emnist"] += [entry(split, "ABC"[index % 3], oblong(index)) for index in indices]
(folder / "emnist-letters-mapping.txt").write_text("1 65 97\n2 66 98\n3 67 99\n")
# EMNIST's datasets lie together.
for name in ("emnist-digits-train-images-idx3-ubyte.gz", "emnist-digits-train-labels-idx1-ubyte.gz"):
    data = idx(numpy.zeros((1, 2, 2) if "images" in name else (1,), dtype=numpy.uint8))
    (folder / name).write_bytes(gzip.compress(data, mtime=0))


# MARK: TinyImageNet

folder = fresh("tiny-imagenet-200")
wnids = ["n01443537", "n02124075", "n03126707"]
(folder / "wnids.txt").write_text("\n".join([wnids[1], wnids[0], wnids[2]]) + "\n")
(folder / "words.txt").write_text(
    "n00001740\tentity\nn01443537\tgoldfish, Carassius auratus\nn02124075\tEgyptian cat\nn03126707\tcrane\n")
expected["tiny-imagenet"] = []


def jpeg(path, index):
    """One colour throughout, which JPEG keeps within a level or two."""
    path.parent.mkdir(parents=True, exist_ok=True)
    colour = tuple(int(v) for v in image(index)[0, 0])
    Image.new("RGB", (64, 64), colour).save(path, "JPEG", quality=90, optimize=True)
    return colour


words = ["goldfish", "Egyptian cat", "crane"]
for k, wnid in enumerate(wnids):
    for n in range(2):
        colour = jpeg(folder / f"train/{wnid}/images/{wnid}_{n}.JPEG", k * 2 + n)
        expected["tiny-imagenet"].append({"split": "train", "label": words[k], "colour": colour})
    (folder / f"train/{wnid}/{wnid}_boxes.txt").write_text(f"{wnid}_0.JPEG\t0\t0\t63\t63\n")
lines = ""
for n in range(3):
    colour = jpeg(folder / f"val/images/val_{n}.JPEG", 20 + n)
    lines += f"val_{n}.JPEG\t{wnids[n % 3]}\t0\t32\t44\t62\n"
    expected["tiny-imagenet"].append({"split": "test", "label": words[n % 3], "colour": colour})
(folder / "val/val_annotations.txt").write_text(lines)
jpeg(folder / "test/images/test_0.JPEG", 30)


# MARK: lists, class folders in archives, WebDataset


def png(index, side=8, channels=3):
    pixels = image(index, side, channels)
    out = io.BytesIO()
    Image.fromarray(pixels if channels == 3 else pixels[:, :, 0]).save(out, "PNG")
    return out.getvalue()


folder = fresh("lists")
(folder / "pictures").mkdir()
rows = []
for n in range(8):
    name = ["plain.png", "with blank.png", "with,comma.png", 'with"quote.png'][n] if n < 4 else f"{n}.png"
    (folder / "pictures" / name).write_bytes(png(n))
    rows.append((f"pictures/{name}", ["10", "9"][n % 2], "test" if n >= 6 else "train"))
quoted = ['"' + path.replace('"', '""') + '"' for path, _, _ in rows]
(folder / "labels.csv").write_text(
    "id,Split,Label,filename\r\n" + "".join(f"{k},{row[2]},{row[1]},{quoted[k]}\r\n" for k, row in enumerate(rows)))
(folder / "blanks.txt").write_text("".join(f"{path} {label}\n" for path, label, _ in rows))
(folder / "tabs.tsv").write_text("".join(f"{path}\tname {label}\n" for path, label, _ in rows))
expected["lists"] = [entry(split, label, image(n, 8)) for n, (_, label, split) in enumerate(rows)]

folder = fresh("archives")
members = {}
expected["archives"] = []
for split, count in (("train", 4), ("test", 2)):
    for label, name in enumerate(["ant", "bee"]):
        for n in range(count):
            index = 40 * label + n + (10 if split == "test" else 0)
            members[f"set/{split}/{name}/{n}.png"] = png(index)
            expected["archives"].append(entry(split, name, image(index, 8)))
members["set/train/größe.txt"] = "no image".encode()
members["set/.hidden/x.png"] = png(0)
members["__MACOSX/set/._x.png"] = b"resource"
# Out of order, as archives may be.
order = sorted(members, key=lambda name: (len(name) * 7919 + sum(name.encode())) % 31)
for suffix, mode in (("tar", "w"), ("tar.gz", "w:gz"), ("tar.xz", "w:xz"), ("tar.bz2", "w:bz2")):
    with tarfile.open(folder / f"set.{suffix}", mode, format=tarfile.PAX_FORMAT) as archive:
        for name in order:
            member = tarfile.TarInfo("./" + name)
            member.size = len(members[name])
            archive.addfile(member, io.BytesIO(members[name]))
        link = tarfile.TarInfo("./set/train/ant/link.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
with zipfile.ZipFile(folder / "set.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for name in order:
        archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), members[name], zipfile.ZIP_DEFLATED)

folder = fresh("hostile")
with tarfile.open(folder / "traversal.tar", "w") as archive:
    member = tarfile.TarInfo("../../outside.png")
    member.size = len(members["set/train/ant/0.png"])
    archive.addfile(member, io.BytesIO(members["set/train/ant/0.png"]))
with zipfile.ZipFile(folder / "absolute.zip", "w") as archive:
    archive.writestr("/etc/outside.png", members["set/train/ant/0.png"])
with tarfile.open(folder / "bomb.tar.bz2", "w:bz2") as archive:
    # 128 MiB of zeros in some hundred bytes.
    member = tarfile.TarInfo("data_batch_1.bin")
    member.size = 128 << 20

    class Zeros(io.RawIOBase):
        def readable(self):
            return True

        def readinto(self, buffer):
            buffer[:] = bytes(len(buffer))
            return len(buffer)

    archive.addfile(member, io.BufferedReader(Zeros(), 1 << 20))
(folder / "reduce.pickle").write_bytes(b"\x80\x02cos\nsystem\nq\x00U\x04echoq\x01\x85q\x02Rq\x03.")

folder = fresh("webdataset")
expected["webdataset"] = []
number = 0
for shard, split, count in (("train-000000", "train", 8), ("train-000001", "train", 2), ("val-000000", "calibration", 2),
                            ("test-000000", "test", 2)):
    with tarfile.open(folder / f"set-{shard}.tar", "w") as archive:
        for n in range(count):
            label = n % 2
            files = {".cls": str(label).encode() + b"\n", ".png": png(number), ".json": b"{}"}
            for ending in (".cls", ".json", ".png") if n % 2 else (".png", ".cls", ".json"):
                member = tarfile.TarInfo(f"sample{number:06}{ending}")
                member.size = len(files[ending])
                archive.addfile(member, io.BytesIO(files[ending]))
            expected["webdataset"].append(entry(split, str(label), image(number, 8)))
            number += 1

with zipfile.ZipFile(HERE / "archives" / "tiny-imagenet-200.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for path in sorted((HERE / "tiny-imagenet-200").rglob("*")):
        if path.is_file():
            info = zipfile.ZipInfo(str(path.relative_to(HERE)), (2020, 1, 1, 0, 0, 0))
            archive.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED)
with zipfile.ZipFile(HERE / "archives" / "emnist.zip", "w") as archive:
    for path in sorted((HERE / "emnist").iterdir()):
        archive.writestr(zipfile.ZipInfo(f"gzip/{path.name}", (2020, 1, 1, 0, 0, 0)), path.read_bytes())

(HERE / "expected.json").write_text(json.dumps(expected, indent=0) + "\n")
total = sum(path.stat().st_size for path in HERE.rglob("*") if path.is_file())
print(f"{total} bytes")
