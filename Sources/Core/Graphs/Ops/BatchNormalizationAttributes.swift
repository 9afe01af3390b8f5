/// Constants of a batch normalisation.
package struct BatchNormalizationAttributes: Hashable, Sendable {
    /// Added to the variance before the square root.
    package var epsilon: Double
    /// Share of the newest batch in the running statistics (PyTorch's convention; ONNX writes `1 - momentum`).
    package var momentum: Double

    package init(epsilon: Double = 1e-5, momentum: Double = 0.1) {
        self.epsilon = epsilon
        self.momentum = momentum
    }
}
