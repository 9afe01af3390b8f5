import Diagnostics
import Glibc
import Graphs
import Tensors

extension GateScore {
    /// Adds the score `[N]` of logits `[N, K]` to a graph, as `value(of:)` computes it.
    func add(to builder: inout GraphBuilder, of logits: Value, name: String) throws(ErdeError) -> Value {
        let classes = builder.shape(of: logits)[1]
        let logarithms = try builder.apply(.logSoftmax, logits, name: "\(name)_logarithms")
        let shares = try builder.apply(.exp, logarithms, name: "\(name)_shares")
        switch self {
        case .entropy, .normalizedEntropy:
            let terms = try builder.apply(.multiply, shares, logarithms, name: "\(name)_terms")
            let sum = try builder.apply(.reduceSum(Reduction(axes: [1])), terms, name: "\(name)_sum")
            let unit = self == .entropy ? 1 : classes > 1 ? log(Double(classes)) : .infinity
            let entropy = try builder.apply(.affine(scale: -1 / unit, offset: 0), sum, name: "\(name)_negated")
            // Rounding can leave a sure answer a trace below zero, which a threshold of 0 would let go.
            return try builder.apply(.relu, entropy, name: name)
        case .oneMinusMaximum:
            // The largest of a row is what a window as long as the row finds.
            let row = try builder.apply(.reshape(trailing: [1, 1, classes]), shares, name: "\(name)_row")
            let window = Extent(height: 1, width: classes)
            let largest = try builder.apply(
                .maxPool(PoolAttributes(kernel: window, strides: window)), row, name: "\(name)_largest")
            let flat = try builder.apply(.reshape(trailing: []), largest, name: "\(name)_flat")
            return try builder.apply(.affine(scale: -1, offset: 1), flat, name: name)
        }
    }
}
