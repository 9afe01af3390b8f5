/// What a training run tells while it goes on.
package enum TrainingEvent: Sendable {
    /// Training begins, or goes on, at a step counted over all epochs, after the epochs that are done.
    case started(step: Int, steps: Int, epochs: [EpochSummary])
    case step(StepProgress)
    case epoch(EpochSummary)
    /// A checkpoint lies in this folder.
    case checkpoint(path: String)
    /// Something that is allowed but may not be wanted.
    case warning(String)
}

/// Where a run is after a step.
package struct StepProgress: Hashable, Sendable {
    /// Counted from 1.
    package var epoch: Int
    package var epochs: Int
    /// Steps of this epoch done.
    package var step: Int
    package var stepsPerEpoch: Int
    /// Mean per image of the epoch so far.
    package var loss: Double
    package var learningRate: Double
    /// Of this epoch so far, of this run.
    package var imagesPerSecond: Double
    /// Time left for training, without evaluations.
    package var secondsLeft: Double
}
