/// What a file written for other runtimes says of itself, beside the metadata of the model it was made from.
package struct ExportDescription: Hashable, Sendable, Codable {
    /// What the file's graph computes.
    package enum Shape: String, Hashable, Sendable, Codable, CaseIterable {
        /// The logits of every exit.
        case all
        /// The logits of one exit; nothing behind it is in the file.
        case cut
        /// The answer of the exit at which each image leaves.
        case dynamic
        /// One segment between two exits.
        case stage
    }

    package var shape: Shape
    /// The exit of a cut or of a stage, counted from 1.
    package var exit: Int?
    /// SHA-256 of the file of the model.
    package var modelHash: String
    /// When images leave; in a dynamic file whose thresholds are an input, the thresholds to begin with.
    package var policy: ExitPolicy?
    /// The budget that the thresholds were fitted for.
    package var budgetMACs: Double?
    /// Whether a dynamic file takes its thresholds as an input.
    package var takesThresholds: Bool?

    package init(
        shape: Shape, exit: Int? = nil, modelHash: String, policy: ExitPolicy? = nil, budgetMACs: Double? = nil,
        takesThresholds: Bool? = nil
    ) {
        self.shape = shape
        self.exit = exit
        self.modelHash = modelHash
        self.policy = policy
        self.budgetMACs = budgetMACs
        self.takesThresholds = takesThresholds
    }
}
