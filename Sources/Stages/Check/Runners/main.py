"""Runs one exported file in one runtime for `erde check`, in a process of its own so that a crash ends nothing else.

Usage: main.py JOB.json. What is to be done stands in the job; beside it appear answers.f32, exits.i32 where images leave on their
own, and last result.json: {"missing": module} where the runtime is not installed, {"problem": text} where it refuses.
"""

import importlib
import json
import pathlib
import signal
import statistics
import sys
import time

# Passes that are counted when they are quick.
PASSES = 15
# Characters of what a runtime says when it refuses.
LONGEST_PROBLEM = 400


def measured(host, images, batch, seconds):
    """Milliseconds per image, the median of passes over all images in batches."""
    pieces = [images[start : start + batch] for start in range(0, len(images), batch)]
    host.answers(pieces[0])
    times, begun = [], time.perf_counter()
    while len(times) < PASSES and (not times or time.perf_counter() - begun < seconds):
        start = time.perf_counter()
        for piece in pieces:
            host.answers(piece)
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times) / len(images)


def run(job, folder):
    """What the runtime says of the images, as the result."""
    import numpy

    host = importlib.import_module("host").host_for(job, importlib.import_module(job["runner"]))
    shape = [-1, job["channels"], job["height"], job["width"]]
    images = numpy.fromfile(job["images"], dtype="<f4").reshape(shape)
    pieces, start = [], 0
    # Batches of several sizes, as a program meets them.
    for size in [1, 7] + [128] * len(images):
        if start < len(images):
            pieces.append(host.answers(images[start : start + min(size, host.largest_batch)]))
            start += len(pieces[-1][0][0])
    logits = numpy.concatenate([logits for logits, _ in pieces], axis=1)
    logits.astype("<f4").tofile(folder / "answers.f32")
    result = {"version": host.version, "precision": host.precision, "rows": len(logits), "classes": logits.shape[2]}
    if pieces[0][1] is not None:
        numpy.concatenate([exits for _, exits in pieces]).astype("<i4").tofile(folder / "exits.i32")
    if host.thresholds is not None:
        result["thresholds"] = [str(threshold) for threshold in host.thresholds]
    host.is_timed = True
    timed = numpy.ascontiguousarray(images[numpy.arange(job["timedImages"]) % len(images)])
    result["milliseconds"] = {
        str(batch): measured(host, timed, batch, job["secondsPerMeasurement"])
        for batch in job["batches"] if batch <= host.largest_batch
    }
    return result


def main(path):
    job = json.loads(pathlib.Path(path).read_text())
    folder = pathlib.Path(path).parent
    # Should nobody be there any more to end this process.
    signal.alarm(job["timeoutSeconds"] + 5)
    try:
        result = run(job, folder)
    except ModuleNotFoundError as error:
        name = (error.name or "").split(".")[0]
        result = {"missing": name} if name in job["modules"] else {"problem": str(error)}
    except Exception as error:  # Whatever a runtime raises is its verdict.
        result = {"problem": f"{type(error).__name__}: {' '.join(str(error).split())}"[:LONGEST_PROBLEM]}
    (folder / "result.partial").write_text(json.dumps(result))
    (folder / "result.partial").rename(folder / "result.json")


if __name__ == "__main__":
    main(sys.argv[1])
