#!/usr/bin/env python3
"""Students of one teacher, method by method, paired over seeds: trains what is missing, then writes the table and the plot.

    study.py run   --erde .build/release/erde --work FOLDER [--regimes small] [--seeds 1,2,3] [--runs ce,kd,erde]
    study.py refit --erde .build/release/erde --work FOLDER
    study.py table --work FOLDER

`run` may be interrupted and started again: a finished student is a line of results.jsonl and is not trained twice, and an
unfinished one goes on from its checkpoint. Needs nothing but Python's own library and the package dataset-fashion-mnist.
"""
import argparse
import gzip
import json
import random
import shlex
import statistics
import struct
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CALIBRATION = 5000
#: Budgets as shares of the teacher's full depth.
SHARES = [1 / 5, 1 / 10, 1 / 20, 1 / 40]
#: Quantiles of Student's t at 97.5 %, by degrees of freedom.
STUDENT_T = {1: 12.71, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}


def load_plan():
    return json.loads((HERE / "plan.json").read_text())


# Data


def read_idx(path):
    with gzip.open(path) as file:
        data = file.read()
    rank = data[3]
    shape = struct.unpack(f">{rank}I", data[4:4 + 4 * rank])
    return shape, data[4 + 4 * rank:]


def write_idx(path, shape, content):
    with gzip.GzipFile(path, "wb", mtime=0) as file:
        file.write(bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + content)


def prepare(source, folder, images, noise):
    """Writes the files of a regime: the first `images` to train on, some labels wrong; calibration and test as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    shape, pixels = read_idx(source / "train-images-idx3-ubyte.gz")
    _, labels = read_idx(source / "train-labels-idx1-ubyte.gz")
    size, total = shape[1] * shape[2], shape[0]
    train, kept = min(images, total - CALIBRATION), total - CALIBRATION
    chosen = bytearray(labels[:train])
    chance = random.Random(1)
    for index in range(train):
        if chance.random() < noise:
            chosen[index] = (chosen[index] + chance.randrange(1, 10)) % 10
    write_idx(folder / "train-images-idx3-ubyte.gz", (train + CALIBRATION, *shape[1:]), pixels[:train * size] + pixels[kept * size:])
    write_idx(folder / "train-labels-idx1-ubyte.gz", (train + CALIBRATION,), bytes(chosen) + labels[kept:])
    for name in ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"):
        (folder / name).write_bytes((source / name).read_bytes())


# Runs


def call(arguments, log):
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "a") as errors:
        print("$", shlex.join(map(str, arguments)), file=errors, flush=True)
        done = subprocess.run([str(a) for a in arguments], stdout=subprocess.PIPE, stderr=errors, text=True)
    if done.returncode:
        sys.exit(f"study.py: exit status {done.returncode}; see {log}")
    return done.stdout


def wanted_runs(plan, seeds, only):
    """Seed by seed, so that an interrupted study is a smaller one."""
    for seed in seeds:
        for name, run in plan["runs"].items():
            if only and name not in only:
                continue
            if seed in run.get("seeds", plan["seeds"]):
                yield seed, name, run


def train(options):
    plan = load_plan()
    work = Path(options.work).resolve()
    erde = Path(options.erde).resolve()
    source = Path(options.data)
    if not source.is_dir():
        sys.exit(f"study.py: {source} is missing; apt install dataset-fashion-mnist")
    results = work / "results.jsonl"
    rows = read_rows(results)
    threads = ["--threads", options.threads] if options.threads else []
    for regime_name in options.regimes.split(","):
        regime = plan["regimes"][regime_name]
        folder = work / regime_name
        data, teacher = folder / "data.erds", folder / "teacher.pb"
        if not data.exists():
            prepare(source, folder / "idx", regime["images"], regime["noise"])
            call([erde, "ingest", folder / "idx", "-o", data, "--calibration-count", CALIBRATION], folder / "log.txt")
        if not teacher.exists():
            resume = ["--resume"] if (folder / "teacher.checkpoint").exists() else []
            call([erde, "train", data, "-o", teacher, "--arch", plan["teacher"], "--epochs", regime["epochs"], "--seed", 1,
                  "--precision", regime["precision"], *regime.get("options", []), *threads, *resume], folder / "log.txt")
        seeds = [int(seed) for seed in options.seeds.split(",")]
        only = options.runs.split(",") if options.runs else None
        for seed, name, run in wanted_runs(plan, seeds, only):
            if (regime_name, seed, name) in rows:
                continue
            output = place(work, regime_name, name, seed)
            resume = ["--resume"] if (output / "student.checkpoint").exists() else []
            shares = [run["share"]] if "share" in run else SHARES
            start = time.time()
            report = json.loads(call(
                [erde, "compress", teacher, "--data", data, "--student", run.get("student", plan["student"]),
                 "--target-macs", f"{100 * shares[0]:g}%", "--budgets", ",".join(f"{100 * share:g}%" for share in shares),
                 "--epochs", regime["epochs"], "--seed", seed, "--precision", regime["precision"], "--output", output, "--json",
                 *regime.get("options", []), *run["options"], *threads, *resume], folder / "log.txt"))
            row = summarize(report, regime_name, seed, name, shares)
            row["precision"] = regime["precision"]
            row["seconds"] = round(time.time() - start)
            with open(results, "a") as file:
                file.write(json.dumps(row, sort_keys=True) + "\n")
            rows[(regime_name, seed, name)] = row
            print(regime_name, seed, name, " ".join(f"{100 * b['test']:.2f}" for b in row["budgets"]), flush=True)


def place(work, regime, name, seed):
    return work / regime / f"{name}-{seed}".replace("/", "_").replace(" ", "-").replace(",", "")


def budgets_of(report, shares, full):
    return [
        {"share": share, "calibration": row["calibrationAccuracy"], "test": row["testAccuracy"]["value"],
         "testMeanMACs": row["testMeanMACs"]["value"], "shared": row["sharedThreshold"]["testAccuracy"],
         "sharedMeanMACs": row["sharedThreshold"]["testMeanMACs"]}
        for share in shares
        for row in report["budgets"] if abs(row["budgetMACs"] - share * full) < 1e-6 * full
    ]


def refit(options):
    """Fits the thresholds of all students again, as the program does it now."""
    work = Path(options.work).resolve()
    erde = Path(options.erde).resolve()
    rows = read_rows(work / "results.jsonl")
    for (regime, seed, name), row in rows.items():
        full = row["teacherMACs"][-1]
        shares = [budget["share"] for budget in row["budgets"]]
        report = json.loads(call(
            [erde, "calibrate", place(work, regime, name, seed) / "student.pb", "--data", work / regime / "data.erds",
             "--budgets", ",".join(str(share * full) for share in shares), "--json"], work / regime / "log.txt"))
        row["budgets"] = budgets_of(report, shares, full)
        print(regime, seed, name, " ".join(f"{100 * b['test']:.2f}" for b in row["budgets"]), flush=True)
    text = "".join(json.dumps(row, sort_keys=True) + "\n" for row in rows.values())
    (work / "results.jsonl").write_text(text)


def summarize(report, regime, seed, name, shares):
    teacher, student = report["models"][0], report["models"][1]
    full = teacher["cumulativeMACs"][-1]
    return {
        "regime": regime, "seed": seed, "run": name, "budgets": budgets_of(report, shares, full),
        "student": student["architecture"], "studentMACs": student["cumulativeMACs"], "parameters": student["parameterCount"],
        "testPerExit": student["testAccuracyPerExit"], "calibrationPerExit": student["calibrationAccuracyPerExit"],
        "teacherTestPerExit": teacher["testAccuracyPerExit"], "teacherMACs": teacher["cumulativeMACs"],
        "teacherTrainingError": report["teacherTrainingErrorPerExit"], "version": report["version"],
    }


def read_rows(path):
    if not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    return {(row["regime"], row["seed"], row["run"]): row for row in rows}


# Table and plot


def at(row, share, key="test"):
    return next((budget[key] for budget in row["budgets"] if abs(budget["share"] - share) < 1e-9), None)


def spread(values):
    text = f"{100 * statistics.mean(values):.2f}"
    return text + (f" ± {100 * statistics.stdev(values):.2f}" if len(values) > 1 else "")


def paired(rows, regime, name, base, share):
    """The mean difference in points over the seeds that both have, with a 95 % interval (Student's t)."""
    seeds = sorted(seed for r, seed, n in rows if r == regime and n == name and (regime, seed, base) in rows)
    values = [100 * (at(rows[regime, seed, name], share) - at(rows[regime, seed, base], share)) for seed in seeds]
    if len(values) < 2:
        return None
    half = STUDENT_T.get(len(values) - 1, 2.0) * statistics.stdev(values) / len(values) ** 0.5
    return statistics.mean(values), half, len(values)


def table(options):
    plan = load_plan()
    work = Path(options.work)
    rows = read_rows(work / "results.jsonl")
    text = []
    for regime, about in plan["regimes"].items():
        names = [name for name in plan["runs"] if any(r == regime and n == name for r, _, n in rows)]
        if not names:
            continue
        some = next(row for key, row in rows.items() if key[0] == regime)
        full = some["teacherMACs"][-1]
        errors = ", ".join(f"{100 * error:.1f}" for error in some["teacherTrainingError"])
        exits = " / ".join(f"{100 * accuracy:.2f}" for accuracy in some["teacherTestPerExit"])
        text += [f"## {about['title']}", "",
                 f"Teacher {plan['teacher']}: {exits} % per exit on test at {full / 1e6:.1f} M MACs; wrong on {errors} % of its "
                 f"augmented training images. {about['epochs']} epochs each, in {about['precision']}.", ""]
        head = "".join(f" 1/{round(1 / share)} ({full * share / 1e6:.2f} M) |" for share in SHARES)
        text += [f"| student | seeds |{head} full depth |", "| --- | --- |" + " --- |" * (len(SHARES) + 1)]
        statics = [name for name in names if "share" in plan["runs"][name]]
        for name in names:
            if name in statics:
                continue
            found = [row for (r, _, n), row in sorted(rows.items()) if r == regime and n == name]
            cells = [spread([at(row, share) for row in found]) for share in SHARES]
            cells.append(spread([row["testPerExit"][-1] for row in found]))
            text.append(f"| {name} | {len(found)} | " + " | ".join(cells) + " |")
        if statics:
            cells, seeds = [], set()
            for share in SHARES:
                found = [row for (r, _, n), row in rows.items() if r == regime and n in statics and at(row, share) is not None]
                seeds.add(len(found))
                cells.append(spread([at(row, share) for row in found]) if found else "–")
            text.append(f"| static (one exit, kd) | {'/'.join(map(str, sorted(seeds)))} | " + " | ".join(cells) + " | – |")
        text.append("")
        differences = []
        for name, base in plan["comparisons"]:
            cells = [paired(rows, regime, name, base, share) for share in SHARES]
            if any(cells):
                differences.append(f"| {name} − {base} | " + " | ".join(
                    f"{cell[0]:+.2f} ± {cell[1]:.2f}" if cell else "–" for cell in cells) + " |")
        if differences:
            text += ["Differences in points, paired by seed, with 95 % intervals of the mean (Student's t):", "",
                     "| |" + "".join(f" 1/{round(1 / share)} |" for share in SHARES), "| --- |" + " --- |" * len(SHARES)]
            text += differences + [""]
        over = [abs(budget["testMeanMACs"] / (budget["share"] * full) - 1) for (r, _, n), row in rows.items()
                if r == regime and n not in statics for budget in row["budgets"]
                if budget["testMeanMACs"] > budget["share"] * full]
        text += [f"Mean MACs on test were above the budget by at most {100 * max(over, default=0):.1f} %.", ""]
        plot = f"study-{regime}.svg"
        (work / plot).write_text(draw(plan, rows, regime, names, statics, full))
        text += [f"![accuracy over mean MACs]({plot})", ""]
    page = "\n".join(text)
    (work / "table.md").write_text(page)
    print(page)


def draw(plan, rows, regime, names, statics, full):
    """Mean test accuracy over the seeds against the mean MACs, as an SVG."""
    import math
    colours = ["#4053d3", "#b51d14", "#00b25d", "#ddb310", "#00beff", "#fb49b0", "#7c4d00", "#555555"]
    lines = []
    shown = [name for name in names if name not in statics and plan["runs"][name].get("plot", True)]
    for name in shown:
        found = [row for (r, _, n), row in rows.items() if r == regime and n == name]
        lines.append((name, [(statistics.mean(at(row, share, "testMeanMACs") for row in found),
                              100 * statistics.mean(at(row, share) for row in found)) for share in reversed(SHARES)]))
    if statics:
        points = []
        for share in reversed(SHARES):
            found = [row for (r, _, n), row in rows.items() if r == regime and n in statics and at(row, share) is not None]
            if found:
                points.append((statistics.mean(at(row, share, "testMeanMACs") for row in found),
                               100 * statistics.mean(at(row, share) for row in found)))
        lines.append(("static", points))
    teacher = 100 * next(row for key, row in rows.items() if key[0] == regime)["teacherTestPerExit"][-1]
    values = [y for _, points in lines for _, y in points] + [teacher]
    low, high = math.floor(min(values) - 0.2), math.ceil(max(values) + 0.1)
    xs = [x for _, points in lines for x, _ in points]
    left, right = math.log(min(xs) * 0.85), math.log(max(xs) * 1.15)
    width, height, margin = 720, 420, 56

    def x_of(macs):
        return margin + (math.log(macs) - left) / (right - left) * (width - margin - 150)

    def y_of(accuracy):
        return height - margin - (accuracy - low) / (high - low) * (height - 2 * margin + 20)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="white"/>']
    for tick in range(low, high + 1):
        out.append(f'<line x1="{margin}" x2="{width - 150}" y1="{y_of(tick):.1f}" y2="{y_of(tick):.1f}" stroke="#ddd"/>'
                   f'<text x="{margin - 8}" y="{y_of(tick) + 4:.1f}" text-anchor="end">{tick} %</text>')
    for share in SHARES:
        if left < math.log(full * share) < right:
            out.append(f'<text x="{x_of(full * share):.1f}" y="{height - margin + 18}" text-anchor="middle">'
                       f'1/{round(1 / share)} ({full * share / 1e6:.3g} M)</text>')
    out.append(f'<line x1="{margin}" x2="{width - 150}" y1="{y_of(teacher):.1f}" y2="{y_of(teacher):.1f}" stroke="#888" '
               f'stroke-dasharray="4 4"/><text x="{width - 144}" y="{y_of(teacher) + 4:.1f}">teacher</text>')
    for index, (name, points) in enumerate(lines):
        colour = colours[index % len(colours)]
        path = " ".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in points)
        dash = ' stroke-dasharray="6 3"' if name == "static" else ""
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        out += [f'<circle cx="{x_of(x):.1f}" cy="{y_of(y):.1f}" r="3" fill="{colour}"/>' for x, y in points]
        place = height - margin - 16 * (len(lines) - index)
        out.append(f'<line x1="{width - 140}" x2="{width - 120}" y1="{place}" y2="{place}" stroke="{colour}" stroke-width="2"{dash}/>'
                   f'<text x="{width - 114}" y="{place + 4}">{name}</text>')
    out.append(f'<text x="{margin}" y="20">Test accuracy over mean MACs per image, mean over seeds</text></svg>')
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="train what is missing")
    run.add_argument("--erde", required=True)
    run.add_argument("--work", required=True)
    run.add_argument("--data", default="/usr/share/datasets/fashion-mnist")
    run.add_argument("--regimes", default="plain,small,noise10,noise20")
    run.add_argument("--seeds", default="1,2,3")
    run.add_argument("--runs", help="names of plan.json's runs; all by default")
    run.add_argument("--threads", type=int)
    run.set_defaults(action=train)
    again = commands.add_parser("refit", help="fit thresholds again, as the program does it now")
    again.add_argument("--erde", required=True)
    again.add_argument("--work", required=True)
    again.set_defaults(action=refit)
    show = commands.add_parser("table", help="write table.md and the plots")
    show.add_argument("--work", required=True)
    show.set_defaults(action=table)
    options = parser.parse_args()
    options.action(options)


if __name__ == "__main__":
    main()
