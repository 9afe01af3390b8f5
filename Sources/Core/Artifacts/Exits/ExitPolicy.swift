/// When an image leaves: at the first exit whose score is below its threshold; the last exit always answers.
package struct ExitPolicy: Hashable, Sendable, Codable {
    package var score: GateScore
    /// One threshold for every exit but the last.
    package var thresholds: [Double]

    package init(score: GateScore = .entropy, thresholds: [Double]) {
        self.score = score
        self.thresholds = thresholds
    }

    /// Whether an image with this score leaves at this exit (counted from 0).
    package func leaves(at exit: Int, score: Double) -> Bool {
        exit >= thresholds.count || score < thresholds[exit]
    }

    /// The exit, counted from 0, at which an image leaves, from its score at each: the first that it is sure enough at.
    package func exit(scores: (Int) -> Double) -> Int {
        thresholds.indices.first { leaves(at: $0, score: scores($0)) } ?? thresholds.count
    }

    /// The policy under which every image goes to the last exit.
    package static func fullDepth(exits: Int, score: GateScore = .entropy) -> ExitPolicy {
        ExitPolicy(score: score, thresholds: [Double](repeating: 0, count: max(0, exits - 1)))
    }
}
