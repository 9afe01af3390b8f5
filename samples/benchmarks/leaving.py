"""Measures what leaving early within one ONNX file is worth: the dynamic file beside the one with all exits, in ONNX Runtime.

    python leaving.py --erde ERDE --model STUDENT.pb --data DATA.erds --budget 12M

Run it with a Python that has ONNX Runtime and NumPy, on a machine that does nothing else. Both files run in this process, a pass
over the same test images each in turn, and the medians of the passes are compared. What the dynamic file answers must be what the
other file says at the exits taken. Prints a Markdown table; `--json` a line for each batch size instead.
"""
import argparse, collections, json, os, statistics, subprocess, tempfile, time

import numpy as np
import onnxruntime

# Rows computed among fewer others are summed in another order.
ROUNDING = 1e-3


def session(path, threads):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    # Threads of the one file that spin for more work would take the processors from the other.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def export(a, folder):
    """Paths of the file with all exits, of the dynamic one, and of the images' pixels, `[N, C, H, W]` without a header."""
    everything, dynamic, pixels = (os.path.join(folder, name) for name in ("all.onnx", "dynamic.onnx", "images.f32"))
    for command in (
            ["export", a.model, "--to", "onnx", "--shape", "all", "-o", everything],
            ["export", a.model, "--to", "onnx", "--shape", "dynamic", "--budget", a.budget, "-o", dynamic],
            ["evaluate", a.model, a.data, "--split", "test", "--limit", str(a.images), "--dump-images", pixels]):
        subprocess.run([a.erde, *command, "--quiet"], check=True, stdout=subprocess.DEVNULL)
    return everything, dynamic, pixels


def measured(everything, dynamic, images, batch, rounds):
    """Seconds of each pass over the images, in turn: `(all exits, dynamic)`, and what the dynamic file answers."""
    pieces = [images[start:start + batch] for start in range(0, len(images), batch)]
    run = lambda session: [session.run(None, {"image": piece}) for piece in pieces]
    answers, times = (run(everything), run(dynamic)), ([], [])
    for _ in range(rounds):
        for session, seconds in zip((everything, dynamic), times):
            start = time.perf_counter()
            run(session)
            seconds.append(time.perf_counter() - start)
    rows = lambda found: [np.concatenate(parts) for parts in zip(*found)]
    logits, (found, _, exits, macs) = np.stack(rows(answers[0])), rows(answers[1])
    difference = np.abs(logits[exits - 1, np.arange(len(images))] - found).max()
    assert difference <= ROUNDING, f"logits differ by {difference}"
    return times, exits, macs


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--erde", required=True)
    p.add_argument("--model", required=True, help="an early-exit student")
    p.add_argument("--data", required=True, help="a dataset with test images")
    p.add_argument("--budget", required=True, help="a budget that the student was calibrated for")
    p.add_argument("--batches", default="128,1")
    p.add_argument("--images", type=int, default=1280)
    p.add_argument("--rounds", type=int, default=15)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--json", action="store_true")
    a = p.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        *paths, pixels = export(a, folder)
        sessions = [session(path, a.threads) for path in paths]
        shape = sessions[0].get_inputs()[0].shape[1:]
        images = np.fromfile(pixels, dtype="<f4").reshape([-1, *shape])
    if not a.json:
        print("| batch | all exits | dynamic | ratio |\n| --- | --- | --- | --- |")
    for batch in map(int, a.batches.split(",")):
        times, exits, macs = measured(*sessions, images, batch, a.rounds)
        full, leaving = (len(images) / statistics.median(seconds) for seconds in times)
        if a.json:
            shares = {int(exit): count / len(images) for exit, count in sorted(collections.Counter(exits.tolist()).items())}
            print(json.dumps({
                "peer": f"onnxruntime {onnxruntime.__version__}", "batch": batch, "threads": a.threads, "images": len(images),
                "rounds": a.rounds, "images_per_s": {"all": full, "dynamic": leaving}, "ratio": leaving / full,
                "mean_macs": float(macs.mean()), "exits": shares, "seconds": {"all": times[0], "dynamic": times[1]}}), flush=True)
        else:
            print(f"| {batch} | {full:,.0f} images/s | {leaving:,.0f} images/s | **{leaving / full:.2f}x** |", flush=True)
    if not a.json:
        print(f"\nONNX Runtime {onnxruntime.__version__}, {a.threads} thread(s), medians of {a.rounds} rounds over {len(images):,} test "
              f"images; {macs.mean() / 1e6:.2f} M MACs per image leaving early.")
