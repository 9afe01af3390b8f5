package import Diagnostics
package import Graphs
import Tensors

extension GraphBuilder {
    /// Cross-entropy with a target distribution, one value per image.
    ///
    ///     CE(z, q) = − Σ_c q_c · log softmax(z)_c
    ///
    /// Its gradient with respect to the logits is `softmax(z) − q`.
    ///
    /// - Parameters:
    ///   - logits: `z [N,K]`
    ///   - targets: `q [N,K]`, rows that sum to 1: see `distribution(_:classes:)`.
    /// - Returns: `[N]`, in nats.
    package mutating func crossEntropy(logits: Value, targets: Value) throws(ErdeError) -> Value {
        let logProbabilities = try apply(.logSoftmax, logits)
        let agreement = try apply(.reduceSum(Reduction(axes: [1])), try apply(.multiply, targets, logProbabilities))
        return try apply(.affine(scale: -1, offset: 0), agreement)
    }
}
