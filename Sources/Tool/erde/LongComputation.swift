import ArgumentParser

/// A command that may keep the workers of the arithmetic library busy for long, and so is worth a look at what else the machine does
/// and, where it is busy, a second start of the program (`WorkerPatience`), which costs about 10 milliseconds.
protocol LongComputation: ParsableCommand {
    /// Whether it does with these arguments.
    var isLong: Bool { get }
}

extension LongComputation {
    var isLong: Bool { true }
}
