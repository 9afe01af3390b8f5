import Glibc

/// What an exit's gate looks at: how unsure its answer is. It never sees a label.
package enum GateScore: String, Hashable, Sendable, Codable, CaseIterable {
    /// Entropy of the softmax in nats, `H(p)`.
    case entropy
    /// Entropy divided by its maximum, `H(p) / ln K`.
    case normalizedEntropy
    /// `1 − max p`
    case oneMinusMaximum

    /// The score of one row of logits; small means sure. Logits that are no numbers are the least sure of all: infinite.
    package func value(of logits: some Collection<Float>) -> Double {
        logits.withContiguousElements(value(ofRow:))
    }

    private func value(ofRow logits: UnsafeBufferPointer<Float>) -> Double {
        let maximum = Double(logits.max() ?? 0)
        var total = 0.0
        var weighted = 0.0
        for logit in logits {
            let shifted = Double(logit) - maximum
            let exponential = exp(shifted)
            total += exponential
            weighted += exponential * shifted
        }
        // At least 1 as the largest logit counts 1, unless one is infinite or no number.
        guard total >= 1, weighted.isFinite else { return .infinity }
        let entropy = max(0, log(total) - weighted / total)
        switch self {
        case .entropy: return entropy
        case .normalizedEntropy: return logits.count > 1 ? entropy / log(Double(logits.count)) : 0
        case .oneMinusMaximum: return 1 - 1 / total
        }
    }
}
