package import Diagnostics
package import Graphs
import Tensors

extension GraphBuilder {
    /// Cross-entropy with the labels, one value per image.
    ///
    ///     CE(z, y) = − Σ_c q_c · log softmax(z)_c,    q = (1 − ε)·onehot(y) + ε/K
    ///
    /// Its gradient with respect to the logits is `softmax(z) − q`.
    ///
    /// - Parameters:
    ///   - logits: `[N,K]`
    ///   - labels: int32 `[N]`
    ///   - labelSmoothing: ε, the share of the target spread over all classes (Szegedy et al., 2016).
    /// - Returns: `[N]`, in nats.
    package mutating func crossEntropy(
        logits: Value, labels: Value, labelSmoothing: Double = 0
    ) throws(ErdeError) -> Value {
        let classes = shape(of: logits)[1]
        var target = try apply(.oneHot(classes: classes), labels)
        if labelSmoothing > 0 {
            target = try apply(.affine(scale: 1 - labelSmoothing, offset: labelSmoothing / Double(classes)), target)
        }
        let logProbabilities = try apply(.logSoftmax, logits)
        let agreement = try apply(.reduceSum(Reduction(axes: [1])), try apply(.multiply, target, logProbabilities))
        return try apply(.affine(scale: -1, offset: 0), agreement)
    }
}
