"""What a program does around an exported file: feeds images, collects answers, and carries images from stage to stage.

A runner module has `load(path, job)`, which gives a function from named arrays to named arrays with the attributes `version`,
`precision` and `largest_batch` (None without a bound). Runners of whole programs have `load_program(path, job)` instead, with
`logits(images)` and `classify(images)`.
"""

import json
import pathlib

import numpy

ANY = 1 << 30


class Host:
    """What gives `answers(images)`: logits `[rows, N, K]` and exits `[N]` counted from 1, or None.

    Without exits, a row for each exit of the file. With them, row 0 is what each image gets at the exit it takes; of programs
    the rows after it are those of every exit.
    """

    # Those that a program brings along.
    thresholds = None
    # Whether only the answers are wanted, as a program's user wants them.
    is_timed = False

    def __init__(self, runs):
        self.version, self.precision = runs[0].version, runs[0].precision
        self.largest_batch = runs[0].largest_batch or ANY


class EveryExit(Host):
    """A file whose outputs are the logits of its exits."""

    def __init__(self, job, load):
        self.run = load(job["files"][0], job)
        super().__init__([self.run])

    def answers(self, images):
        found = self.run({"image": images})
        names = sorted((name for name in found if name.startswith("logits_exit")), key=lambda name: int(name[11:]))
        if not names:
            raise ValueError(f"no output is called logits_exit1; there are {', '.join(found)}")
        return numpy.stack([rows_of(found[name]) for name in names]), None


class Dynamic(Host):
    """A file in which each image leaves on its own."""

    def __init__(self, job, load):
        self.run = load(job["files"][0], job)
        super().__init__([self.run])
        self.constants = {}
        if job["takesThresholds"]:
            self.constants = {"theta": numpy.array([float(value) for value in job["thresholds"]], numpy.float32)}

    def answers(self, images):
        found = self.run({"image": images} | self.constants)
        return found["logits"][None], found["exit"]


class Stages(Host):
    """A file for each segment; this host decides which images go on."""

    def __init__(self, job, load):
        contract = json.loads(pathlib.Path(job["contract"]).read_text())
        self.stages, self.classes = contract["stages"], len(contract["classNames"])
        self.gates = [float(threshold) for threshold in job["thresholds"]]
        self.runs = [load(path, job) for path in job["files"]]
        super().__init__(self.runs)

    def answers(self, images):
        exits = numpy.zeros(len(images), numpy.int32)
        logits = numpy.zeros((len(images), self.classes), numpy.float32)
        waiting, tensors = numpy.arange(len(images)), {"image": images}
        for number, (stage, run) in enumerate(zip(self.stages, self.runs)):
            found = run({port["name"]: tensors[port["name"]] for port in stage["inputs"]})
            leaves = numpy.ones(len(waiting), bool)
            if number < len(self.gates):
                leaves = found[stage["score"]["name"]].reshape(-1) < self.gates[number]
            exits[waiting[leaves]] = number + 1
            logits[waiting[leaves]] = rows_of(found[stage["logits"]["name"]])[leaves]
            waiting = waiting[~leaves]
            if len(waiting) == 0:
                break
            tensors = {name: (tensors | found)[name][~leaves] for name in stage["keep"]}
        return logits[None], exits


class Program(Host):
    """A file that takes the exits itself and also tells every exit's logits."""

    def __init__(self, job, load_program):
        self.program = load_program(job["files"][0], job)
        super().__init__([self.program])
        self.thresholds = self.program.thresholds

    def answers(self, images):
        answer, exits = self.program.classify(images)
        if self.is_timed:
            return answer[None], exits
        # The answers of the exits taken come first, then the logits of every exit.
        return numpy.concatenate([answer[None], self.program.logits(images)]), exits


def rows_of(logits):
    """`[N, K]` of whatever a runtime gives for N images."""
    return logits.reshape(len(logits), -1)


def host_for(job, runner):
    """The host that a job's files need."""
    kinds = {"exits": EveryExit, "dynamic": Dynamic, "stages": Stages}
    if job["shape"] == "program":
        return Program(job, runner.load_program)
    return kinds[job["shape"]](job, runner.load)
