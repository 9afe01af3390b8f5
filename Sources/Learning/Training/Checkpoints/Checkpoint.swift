import Graphs

/// A training run between two steps: everything that going on needs.
///
/// The random state is the recipe's seed and the position: every batch, variation and dropout mask is a function of both.
struct Checkpoint {
    var state: CheckpointState
    /// Weights, running statistics and the optimizer's velocities.
    var parameters: Parameters
}

/// The part of a checkpoint that is written as JSON.
struct CheckpointState: Codable {
    /// One variable in the file of weights.
    struct Entry: Codable {
        var name: String
        var shape: [Int]
    }

    var format = CheckpointState.format
    /// Version of erde that wrote it.
    var version: String
    var signature: RunSignature
    /// Steps done, counted over all epochs.
    var step: Int
    /// Of the present epoch, up to `step`.
    var metrics: StepMetrics
    /// Epochs done.
    var epochs: [EpochSummary]
    /// In the order of the file of weights.
    var variables: [Entry] = []
    /// Of the file of weights.
    var checksum = ""

    static let format = "erde training checkpoint 2"
}
