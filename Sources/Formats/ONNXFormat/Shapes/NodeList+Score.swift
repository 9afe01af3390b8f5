import Artifacts
import Glibc

extension NodeList {
    /// Adds what an exit's gate looks at: logits `[N, K]` to the score `[N]`, as `GateScore.value` computes it.
    ///
    /// - Parameter prefix: begins the names of all values but the score's own.
    mutating func score(
        _ score: GateScore, of logits: String, classes: Int, prefix: String, named name: String
    ) -> String {
        let logarithms = add("LogSoftmax", logits, named: "\(prefix)_logarithms", attributes: [.integer("axis", 1)])
        let shares = add("Exp", logarithms, named: "\(prefix)_shares")
        switch score {
        case .entropy:
            return entropy(shares, logarithms, prefix: prefix, named: name)
        case .normalizedEntropy:
            let entropy = entropy(shares, logarithms, prefix: prefix, named: "\(prefix)_entropy")
            let factor = constant("\(prefix)_factor", scalar: classes > 1 ? 1 / log(Double(classes)) : 0)
            return add("Mul", entropy, factor, named: name)
        case .oneMinusMaximum:
            let largest = add(
                "ReduceMax", shares, named: "\(prefix)_largest",
                attributes: [.integers("axes", [1]), .integer("keepdims", 0)])
            let one = constant("\(prefix)_one", scalar: 1.0)
            return add("Sub", one, largest, named: name)
        }
    }

    /// `max(0, −Σ p·ln p)`. Rounding can leave a sure answer a trace below zero, which a threshold of 0 would let go.
    private mutating func entropy(_ shares: String, _ logarithms: String, prefix: String, named name: String) -> String {
        let terms = add("Mul", shares, logarithms, named: "\(prefix)_terms")
        let axes = constant("\(prefix)_classes", list: [1])
        let sum = add("ReduceSum", terms, axes, named: "\(prefix)_sum", attributes: [.integer("keepdims", 0)])
        return add("Relu", add("Neg", sum, named: "\(prefix)_negated"), named: name)
    }
}
