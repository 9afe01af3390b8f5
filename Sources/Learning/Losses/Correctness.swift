package import Diagnostics
package import Graphs

extension GraphBuilder {
    /// 1 for every image whose largest logit is its label's, else 0; of equal maxima the first counts. `[N]`, no gradient.
    package mutating func correctness(logits: Value, labels: Value) throws(ErdeError) -> Value {
        try apply(.equal, try apply(.argMax, logits), labels)
    }

    /// `1 − x`
    mutating func complement(_ x: Value) throws(ErdeError) -> Value {
        try apply(.affine(scale: -1, offset: 1), x)
    }
}
