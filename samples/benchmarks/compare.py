"""Measures erde beside its peers, interleaved, and writes a table of ratios of medians.

    python compare.py --erde ERDE --model STUDENT.pb --budget 12M --images FOLDER --results results.jsonl --page docs/benchmarks.md

Run it with the Python that has the peers (PyTorch, ONNX Runtime, OpenVINO, Pillow, torchvision), on a machine that does nothing
else. Every round runs erde and then each peer; a peer's best mode counts. All raw figures go to the results file, one JSON line each,
in place of those that it has of the same work; the table is made from the whole file, so that --only measures some rows anew. It
replaces what stands between the page's two `measured` comments. A machine of another kind has a --section of its own there, and a
results file.
"""
import argparse, json, os, platform, shutil, statistics, subprocess, sys, tempfile, textwrap, time

HERE = os.path.dirname(os.path.abspath(__file__))


def lines(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if done.returncode != 0:
        return []
    try:  # erde prints one object over several lines, the peers one per line
        return [json.loads(done.stdout)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def seconds(command):
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


class Comparison:
    """One row: what erde did against the best of its peers. Each runner gives {mode: (rate, peak bytes or None)}."""

    def __init__(self, work, erde, peer, unit="images/s"):
        self.work, self.erde, self.peer, self.unit = work, erde, peer, unit
        self.ours, self.theirs, self.memory = [], {}, {"erde": [], "peer": []}

    def round(self):
        """The figures of erde and then of each peer, as entries of the results file."""
        for runner in (self.erde, self.peer):
            for who, (rate, peak) in runner().items():
                yield {"work": self.work, "who": who, "rate": rate, "peakBytes": peak, "time": time.time()}

    def add(self, entry):
        """Counts an entry of the results file."""
        ours = entry["who"] == "erde"
        (self.ours if ours else self.theirs.setdefault(entry["who"], [])).append(entry["rate"])
        if entry["peakBytes"]:
            self.memory["erde" if ours else "peer"].append(entry["peakBytes"])

    def row(self):
        if not self.ours or not self.theirs:
            return None
        pick = min if self.unit == "s" else max
        mode, rates = pick(self.theirs.items(), key=lambda item: statistics.median(item[1]))
        ours, theirs = statistics.median(self.ours), statistics.median(rates)
        ratio = theirs / ours if self.unit == "s" else ours / theirs
        text = lambda value: f"{value:,.3f}" if self.unit == "s" else f"{value:,.0f}"
        return f"| {self.work} | {text(ours)} {self.unit} | {text(theirs)} {self.unit} ({mode}) | **{ratio:.2f}x** | {len(self.ours)} |"

    def memory_row(self):
        if not self.memory["erde"] or not self.memory["peer"]:
            return None
        ours, theirs = max(self.memory["erde"]), min(self.memory["peer"])
        return f"| {self.work} | {ours / 1e6:,.0f} MB | {theirs / 1e6:,.0f} MB | {ours / theirs:.2f}x |"


def comparisons(a, precision):
    def erde(*arguments):
        def run():
            found = lines([a.erde, *arguments, "--json"])
            return {"erde": (found[0]["imagesPerSecond"]["median"], found[0]["peakMemoryBytes"])} if found else {}
        return run

    def peer(script, *arguments, modes=None, keep=lambda result: True):
        def run():
            found = {}
            for mode in modes or [None]:
                extra = ["--modes", mode] if mode else []
                for result in lines([sys.executable, os.path.join(HERE, "peers", script), *arguments, *extra]):
                    if keep(result):
                        name = " ".join(filter(None, [result["peer"].split("-")[0], result.get("mode")]))
                        rate = (result["images_per_s"], result.get("peak_bytes"))
                        found[name] = max(found.get(name, rate), rate, key=lambda rate: rate[0])
            return found
        return run

    modes = ["channels-last-bfloat16"] if precision == "bfloat16" else ["float32", "channels-last"]
    if not a.without_compiled:
        modes.append("channels-last-compiled" + ("-bfloat16" if precision == "bfloat16" else ""))
    for widths, blocks, size, channels in (("16,32,64", 3, 32, 3), ("32,64,128", 3, 28, 1), ("64,128,256", 2, 32, 3)):
        shape = ["--widths", widths, "--blocks", str(blocks), "--size", str(size), "--channels", str(channels)]
        yield Comparison(
            f"training step, {widths.replace(',', '-')} x{blocks}, {size}x{size}x{channels}, batch 128, {precision}",
            erde("bench", "train", *shape, "--batch", "128", "--precision", precision),
            peer("train_throughput.py", *shape, modes=modes))
    yield Comparison(
        f"distillation step, teacher 32-64-128 x3, student 16-32-64 x1, 28x28x1, batch 128, {precision}",
        erde("bench", "train", "--arch", "preresnet:widths=16,32,64:blocks=1,1,1", "--teacher", "preresnet-20x2", "--size", "28",
             "--channels", "1", "--precision", precision),
        peer("distill_throughput.py", modes=[mode for mode in modes if "compiled" not in mode]))
    for model in a.int8 if precision == "float32" else []:
        for batch in (128, 1):
            yield Comparison(
                f"inference of {os.path.basename(model)}, batch {batch}, int8",
                erde("bench", "infer", model, "--batch", str(batch)),
                peer("infer_throughput.py", model, "--batches", str(batch)))
    if not a.model:
        return
    with_precision = lambda batch: lambda result: result["batch"] == batch and (
        result["precision"] in ({"bf16"} if precision == "bfloat16" else {"as in file", "f32"}))
    onnx = os.path.join(a.scratch, "model.onnx")
    shutil.copy(a.model, onnx)
    for batch in (128, 1):
        yield Comparison(
            f"inference at full depth, batch {batch}, {precision}",
            erde("bench", "infer", a.model, "--batch", str(batch), "--precision", precision),
            peer("infer_throughput.py", onnx, "--batches", str(batch), keep=with_precision(batch)))
    for budget in a.budget:
        yield Comparison(
            f"inference with exits for {budget} MACs, batch 128, {precision}; the peers run full depth",
            erde("bench", "infer", a.model, "--budget", budget, "--precision", precision, "--rounds", "7"),
            peer("infer_throughput.py", onnx, "--batches", "128", keep=with_precision(128)))
    if a.images and precision == "float32":
        yield Comparison(
            "decoding PNG and JPEG files, one thread",
            erde("bench", "decode", a.images, "--single-thread"), peer("decode_folder.py", a.images))
        image = next(os.path.join(d, f) for d, _, files in os.walk(a.images) for f in files if f.lower().endswith(".png"))
        timed = lambda name, command: lambda: {name: (seconds(command), None)}
        yield Comparison(
            "from the command line to the class of one image",
            timed("erde", [a.erde, "classify", a.model, image]),
            timed("ONNX Runtime", [sys.executable, os.path.join(HERE, "peers", "classify_one.py"), onnx, image]), unit="s")


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--erde", required=True)
    p.add_argument("--model", help="an early-exit student with its dataset in place")
    p.add_argument("--budget", action="append", default=[], help="a budget that the student was calibrated for")
    p.add_argument("--int8", action="append", default=[], help="a model in int8; its file's name names the row")
    p.add_argument("--images", help="a folder of PNG and JPEG files")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--without-compiled", action="store_true", help="leave out torch.compile, which takes minutes")
    p.add_argument("--only", help="only rows whose text contains this")
    p.add_argument("--results", default="results.jsonl")
    p.add_argument("--page", help="a Markdown page for the table")
    p.add_argument("--section", default="measured", help="what the page's comments around the table are called")
    a = p.parse_args()
    a.scratch = tempfile.mkdtemp()
    doctor = json.loads(subprocess.run([a.erde, "doctor", "--json"], stdout=subprocess.PIPE, text=True, check=True).stdout)
    precisions = ["float32"] + (["bfloat16"] if doctor["bfloat16"] == "native" else [])
    rows = {c.work: c for precision in precisions for c in comparisons(a, precision)}
    measured = [work for work in rows if not a.only or a.only in work]
    kept = []
    if a.only and os.path.exists(a.results):
        with open(a.results) as results:
            kept = [entry for entry in map(json.loads, results) if entry["work"] not in measured]
    with open(a.results, "w") as results:
        def record(entry):
            results.write(json.dumps(entry) + "\n")
            results.flush()
            if entry["work"] in rows:
                rows[entry["work"]].add(entry)

        for entry in kept:
            record(entry)
        for work in measured:
            for _ in range(a.rounds):
                for entry in rows[work].round():
                    record(entry)
                    print(f"{work}: {entry['who']} {entry['rate']:,.1f}", file=sys.stderr, flush=True)
    features = ", ".join(sorted(name for name, has in doctor["features"].items() if has))
    machine = (
        f"Machine: {doctor['processor']}, {doctor['processors']} processors, {features}; {platform.system()}; "
        f"erde {doctor['erde']} with oneDNN {doctor['libraries']['oneDNN']}. Medians of interleaved rounds."
        + (" PyTorch without torch.compile." if not any("compiled" in who for c in rows.values() for who in c.theirs) else ""))
    text = [
        *textwrap.wrap(machine, 127), "", "| work | erde | best peer | ratio | rounds |", "| --- | --- | --- | --- | --- |",
        *filter(None, (c.row() for c in rows.values())),
        "", "| peak memory | erde | PyTorch | ratio |", "| --- | --- | --- | --- |",
        *filter(None, (c.memory_row() for c in rows.values() if "step" in c.work)), ""]
    begin, end = f"<!-- {a.section}: begin -->", f"<!-- {a.section}: end -->"
    if a.page:
        with open(a.page) as page:
            before, _, rest = page.read().partition(begin)
        after = rest.partition(end)[2]
        with open(a.page, "w") as page:
            page.write(before + begin + "\n" + "\n".join(text) + end + after)
    shutil.rmtree(a.scratch)
    print("\n".join(text))
