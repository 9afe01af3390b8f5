import Tensors

/// A tensor that belongs to the graph and stays between runs.
package struct Variable: Hashable, Sendable {
    /// What a variable is for.
    package enum Role: String, Hashable, Sendable, Codable {
        /// Learned by gradient; decays when the optimizer decays weights (kernels and matrices).
        case weight
        /// Learned by gradient; does not decay (biases, scales of normalisations).
        case bias
        /// A running statistic: saved with the model, not learned by gradient.
        case statistic
        /// The optimizer's own: saved in checkpoints, not in models.
        case optimizer
    }

    package let value: Value
    package let role: Role

    package init(value: Value, role: Role) {
        self.value = value
        self.role = role
    }

    /// Whether a gradient is wanted.
    package var isTrainable: Bool { role == .weight || role == .bias }
}
