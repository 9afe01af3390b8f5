import Glibc

/// How often magnitudes other than 0 occur, in equal bins up to the largest. Zeros are left out: bytes hold them exactly, so
/// that they say nothing of the bound, and behind a ReLU they would outnumber all else.
package struct MagnitudeHistogram: Sendable {
    static let binCount = 2048

    /// The largest magnitude.
    let limit: Float
    private(set) var counts = [Double](repeating: 0, count: binCount)

    package init(limit: Float) { self.limit = limit }

    private var width: Double { Double(limit) / Double(Self.binCount) }

    package mutating func add(_ scalars: [Float]) {
        guard limit > 0 else { return }
        let inverse = Float(Self.binCount) / limit
        let last = Float(Self.binCount - 1)
        for scalar in scalars where scalar != 0 { counts[Int(min(abs(scalar) * inverse, last))] += 1 }
    }

    /// The magnitude that a share of those counted does not exceed.
    package func quantile(_ share: Double) -> Float {
        let wanted = share * counts.reduce(0, +)
        var sum = 0.0
        for bin in counts.indices {
            sum += counts[bin]
            if sum >= wanted { return Float(Double(bin + 1) * width) }
        }
        return limit
    }

    /// The bound `c` with the least `Σ (x − x̂)²`, where `x̂` has steps of `c/levels` and saturates at `c`: a step loses a
    /// twelfth of its square on average.
    package func leastSquaresBound(levels: Int) -> Float {
        var best = (bound: limit, loss: Double.infinity)
        for percent in 10...100 {
            let bound = Double(limit) * Double(percent) / 100
            let rounding = (bound / Double(levels)) * (bound / Double(levels)) / 12
            var loss = 0.0
            for bin in counts.indices where counts[bin] > 0 {
                let beyond = (Double(bin) + 0.5) * width - bound
                loss += counts[bin] * (beyond > 0 ? beyond * beyond : rounding)
            }
            if loss < best.loss { best = (Float(bound), loss) }
        }
        return best.bound
    }

    /// The bound with the least `KL(p‖q)`: `p` is the histogram up to it with everything beyond in its last bin; `q` is what
    /// lies below the bound, in as many steps as there are levels, each spread evenly over its bins that are not empty. Both sum
    /// to 1.
    package func leastDivergenceBound(levels: Int) -> Float {
        let total = counts.reduce(0, +)
        guard total > 0, levels < Self.binCount else { return limit }
        var best = (bound: limit, divergence: Double.infinity)
        // The whole range is one of them: nothing need be cut off.
        for end in Array(Swift.stride(from: levels, to: Self.binCount, by: 16)) + [Self.binCount] {
            var p = Array(counts[..<end])
            let beyond = counts[end...].reduce(0, +)
            p[end - 1] += beyond
            // What saturates into an empty last bin has nothing to be compared with but one image's share.
            let lent: Double = counts[end - 1] == 0 && beyond > 0 ? 1 : 0
            var divergence = log((total - beyond + lent) / total)
            for level in 0..<levels {
                let bins = level * end / levels..<(level + 1) * end / levels
                let occupied = bins.count { counts[$0] > 0 }
                let mean = bins.reduce(0) { $0 + counts[$1] } / Double(max(1, occupied))
                for bin in bins where p[bin] > 0 {
                    divergence += p[bin] / total * log(p[bin] / (counts[bin] > 0 ? mean : lent))
                }
            }
            if divergence < best.divergence { best = (Float(Double(end) * width), divergence) }
        }
        return best.bound
    }
}
