package import Artifacts
import Glibc
package import Tensors

/// With which weight each exit takes part in each ensemble: row j holds the weights of ensemble j over the exits, and sums
/// to 1.
package struct EnsembleWeights: Hashable, Sendable, Codable {
    /// By ensemble, exit.
    package let rows: [[Double]]

    /// Weights that do not learn; nil for those that do.
    package init?(frozen ensembles: MATERecipe.Ensembles, exits: Int) {
        switch ensembles {
        case .learned:
            return nil
        case .uniform:
            rows = Array(repeating: Array(repeating: 1 / Double(exits), count: exits), count: exits)
        case .geometric:
            let powers = (0..<exits).map { pow(1.6, Double($0)) }
            let total = powers.reduce(0, +)
            rows = Array(repeating: powers.map { $0 / total }, count: exits)
        case .last:
            rows = Array(repeating: (0..<exits).map { $0 == exits - 1 ? 1 : 0 }, count: exits)
        case .identity:
            rows = (0..<exits).map { row in (0..<exits).map { $0 == row ? 1 : 0 } }
        }
    }

    /// The softmax of each row of learned logits `[n,n]`.
    package init(logits: Tensor) {
        let (exits, values) = (logits.shape[0], logits.floats.map(Double.init))
        rows = (0..<exits).map { row in
            let logits = values[row * exits..<(row + 1) * exits]
            let largest = logits.max() ?? 0
            let powers = logits.map { exp($0 - largest) }
            let total = powers.reduce(0, +)
            return powers.map { $0 / total }
        }
    }

    /// Where learned logits begin: each ensemble leans towards the next deeper exit, the last towards itself.
    package static func initialLogits(exits: Int) -> Tensor {
        Tensor([exits, exits], (0..<exits * exits).map { $0 % exits == min($0 / exits + 1, exits - 1) ? Float(1) : 0 })
    }

    /// Entropy of each row in nats, 0 … ln n: ensembles of 0 are single exits.
    package var entropies: [Double] {
        rows.map { row in row.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 } }
    }
}
