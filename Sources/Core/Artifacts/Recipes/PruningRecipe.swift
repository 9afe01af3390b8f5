package import Diagnostics

/// How channels are chosen for removal, and in how many steps.
package struct PruningRecipe: Recipe {
    /// What a channel is worth.
    package enum Importance: String, Hashable, Sendable, Codable, CaseIterable {
        /// Sum of the absolute values of all weights that make, filter or read it.
        case l1
        /// Square root of the sum of their squares.
        case l2
        /// Absolute scales of the batch normalisations that it passes (Liu et al., 2017).
        case normScale
        /// First-order estimate of how the loss changes without it (Molchanov et al., 2019).
        case taylor
        /// A number drawn by lot: the control.
        case random
    }

    /// What makes channels of different groups comparable.
    package enum Normalization: String, Hashable, Sendable, Codable, CaseIterable {
        case none
        /// Divided by the mean of their group.
        case mean
        /// Divided by the MACs that go with the channel.
        case macs
    }

    /// Among which channels the least important ones are looked for.
    package enum Scope: String, Hashable, Sendable, Codable, CaseIterable {
        /// All of the network.
        case global
        /// Those of maps of one size; each size loses the same share.
        case stage
        /// Those of one group; each group loses the same share.
        case group
    }

    package var importance = Importance.taylor
    package var normalization = Normalization.mean
    package var scope = Scope.global
    /// Whether channels that several layers share are pruned too; if not, only those inside blocks are.
    package var prunesShared = true
    /// Channels are kept in multiples of this many; of a group narrower than twice as many, in smaller powers of two.
    package var multiple = 8
    /// Fewest channels of a group; of a group narrower than four times as many, a quarter.
    package var minimumWidth = 8
    /// MACs fall to the target in so many equal ratios, with training after each.
    package var steps = 3
    /// Passes over the training images after each step but the last.
    package var stepEpochs = 1
    /// Training batches on which `taylor` looks at the loss.
    package var batches = 16
    /// Passes over the training images after the last step; nil takes half of the network's own.
    package var epochs: Int?
    /// What the peak learning rate is multiplied by while the network recovers.
    package var learningRateShare = 0.4

    package init() {}

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case importance
        case normalization
        case scope
        case prunesShared
        case multiple
        case minimumWidth
        case steps
        case stepEpochs
        case batches
        case epochs
        case learningRateShare
    }

    /// Reads what is there; missing keys keep their defaults, unknown ones are refused.
    package init(from decoder: any Decoder) throws {
        let container = try StrictContainer(decoder, keys: CodingKeys.self)
        try container.read(.importance, into: &importance)
        try container.read(.normalization, into: &normalization)
        try container.read(.scope, into: &scope)
        try container.read(.prunesShared, into: &prunesShared)
        try container.read(.multiple, into: &multiple)
        try container.read(.minimumWidth, into: &minimumWidth)
        try container.read(.steps, into: &steps)
        try container.read(.stepEpochs, into: &stepEpochs)
        try container.read(.batches, into: &batches)
        try container.read(.epochs, into: &epochs)
        try container.read(.learningRateShare, into: &learningRateShare)
        try validate()
    }

    package func validate() throws(ErdeError) {
        try require(1...1024 ~= multiple, "multiple", "expected 1 to 1024, found \(multiple)")
        try require(1...65_536 ~= minimumWidth, "minimumWidth", "expected 1 to 65536, found \(minimumWidth)")
        try require(1...1000 ~= steps, "steps", "expected 1 to 1000, found \(steps)")
        try require(1...100_000 ~= stepEpochs, "stepEpochs", "expected 1 to 100000, found \(stepEpochs)")
        try require(1...1_000_000 ~= batches, "batches", "expected 1 to 1000000, found \(batches)")
        let epochs = epochs ?? 1
        try require(1...100_000 ~= epochs, "epochs", "expected 1 to 100000, found \(epochs)")
        try require(
            learningRateShare > 0 && learningRateShare <= 1, "learningRateShare",
            "expected more than 0 and at most 1, found \(learningRateShare)")
    }

    /// The training after the last step, given the network's own.
    package func recovery(after training: TrainingRecipe) -> TrainingRecipe {
        var recovery = training
        recovery.epochs = epochs ?? (training.epochs + 1) / 2
        recovery.peakLearningRate *= learningRateShare
        return recovery
    }
}
