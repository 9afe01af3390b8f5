package import Artifacts
package import Diagnostics
import Glibc
package import Graphs
import Tensors

extension GraphBuilder {
    /// How far an exit's answer is from knowing nothing, one value per image: ERDE's entropy loss (arXiv 2510.04856).
    ///
    /// | form | value, with `p = softmax(z)` | gradient with respect to `z_j` |
    /// | --- | --- | --- |
    /// | `klToUniform` | `ln K − H(p)` | `p_j (ln p_j + H(p))` |
    /// | `klFromUniform` | `− ln K − (1/K) Σ_c ln p_c` | `p_j − 1/K` |
    /// | `normalized` | `1 − H(p) / ln K` | the first, divided by `ln K` |
    ///
    /// - Parameter logits: `[N,K]`, taken at temperature 1.
    /// - Returns: `[N]`, 0 where all classes are equally likely.
    package mutating func entropyRegularization(
        logits: Value, form: DistillationRecipe.EntropyForm
    ) throws(ErdeError) -> Value {
        let classes = Double(shape(of: logits)[1])
        let logProbabilities = try apply(.logSoftmax, logits)
        switch form {
        case .klFromUniform:
            let mean = try apply(.reduceMean(Reduction(axes: [1])), logProbabilities)
            return try apply(.affine(scale: -1, offset: -log(classes)), mean)
        case .klToUniform, .normalized:
            let terms = try apply(.multiply, try apply(.exp, logProbabilities), logProbabilities)
            let negativeEntropy = try apply(.reduceSum(Reduction(axes: [1])), terms)
            let isNormalized = form == .normalized
            return try apply(
                .affine(scale: isNormalized ? 1 / log(classes) : 1, offset: isNormalized ? 1 : log(classes)),
                negativeEntropy)
        }
    }
}
