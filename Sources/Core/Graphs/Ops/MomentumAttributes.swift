/// Constants of a stochastic gradient step with momentum, as PyTorch's SGD defines it:
/// `g ← scale·g + weightDecay·w`, `v ← momentum·v + g`, `w ← w − learningRate·(nesterov ? g + momentum·v : v)`.
package struct MomentumAttributes: Hashable, Sendable {
    package var momentum: Double
    package var weightDecay: Double
    package var nesterov: Bool

    package init(momentum: Double, weightDecay: Double, nesterov: Bool) {
        self.momentum = momentum
        self.weightDecay = weightDecay
        self.nesterov = nesterov
    }
}
