import Artifacts

/// Everything that may decide where an image leaves: scores and costs, no labels.
package struct ExitScores: Sendable {
    /// The gate's score by exit and image, `[n][N]`; small means sure, never below 0.
    package let scores: [[Double]]
    /// MACs of one image that leaves at each exit, strictly ascending.
    package let cumulativeMACs: [Double]
    /// A threshold above every score there can be: with it, every image leaves.
    package let ceiling: Double

    /// - Parameter ceiling: nil takes 1 more than the largest score.
    package init(scores: [[Double]], cumulativeMACs: [Double], ceiling: Double? = nil) {
        precondition(scores.count == cumulativeMACs.count, "\(scores.count) exits, \(cumulativeMACs.count) costs")
        precondition(Set(scores.map(\.count)).count == 1, "exits with \(scores.map(\.count)) images")
        precondition(zip(cumulativeMACs, cumulativeMACs.dropFirst()).allSatisfy(<), "costs \(cumulativeMACs)")
        precondition(scores.allSatisfy { $0.allSatisfy { $0 >= 0 && $0.isFinite } }, "a score is negative or not finite")
        self.scores = scores
        self.cumulativeMACs = cumulativeMACs
        self.ceiling = ceiling ?? 1 + (scores.lazy.compactMap { $0.max() }.max() ?? 0)
    }

    package var exitCount: Int { scores.count }

    package var imageCount: Int { scores[0].count }

    /// The exit, counted from 0, at which each image leaves: the first whose score is below its threshold, else the last.
    package func exits(under thresholds: [Double]) -> [Int] {
        precondition(thresholds.count == exitCount - 1, "\(thresholds.count) thresholds for \(exitCount) exits")
        let policy = ExitPolicy(thresholds: thresholds)
        return (0..<imageCount).map { image in policy.exit { scores[$0][image] } }
    }
}
