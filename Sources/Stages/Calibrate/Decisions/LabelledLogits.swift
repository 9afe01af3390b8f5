package import Artifacts
import Glibc
package import Inference

/// The logits of all exits for the images of one split, with the right answers.
package struct LabelledLogits: Sendable {
    /// By exit, row-major `[N, K]`.
    package let perExit: [[Float]]
    package let classCount: Int
    /// Class of each image.
    package let labels: [Int32]

    package init(perExit: [[Float]], classCount: Int, labels: [Int32]) {
        precondition(!perExit.isEmpty && classCount > 0, "\(perExit.count) exits, \(classCount) classes")
        for logits in perExit {
            precondition(logits.count == labels.count * classCount, "\(logits.count) logits, \(labels.count) labels")
        }
        self.perExit = perExit
        self.classCount = classCount
        self.labels = labels
    }

    /// - Parameter labels: as many as `logits` has images.
    package init(_ logits: ExitLogits, labels: [Int32]) {
        self.init(perExit: logits.logits, classCount: logits.classes, labels: labels)
    }

    package var exitCount: Int { perExit.count }

    package var imageCount: Int { labels.count }

    /// The logits of one image at one exit.
    package func row(exit: Int, image: Int) -> ArraySlice<Float> {
        perExit[exit][image * classCount..<(image + 1) * classCount]
    }

    /// The answer of every exit to every image: the class with the largest logit, the first of equals, `[n][N]`.
    package func answers() -> [[Int]] {
        perExit.indices.map { exit in (0..<imageCount).map { argMax(row(exit: exit, image: $0)) } }
    }

    /// What the gates see.
    package func scores(_ score: GateScore, cumulativeMACs: [Int]) -> ExitScores {
        let scores = perExit.indices.map { exit in
            (0..<imageCount).map { score.value(of: row(exit: exit, image: $0)) }
        }
        return ExitScores(
            scores: scores, cumulativeMACs: cumulativeMACs.map(Double.init),
            ceiling: 1 + score.maximum(classCount: classCount))
    }

    /// Which exit is right on which image.
    package func correctness(of answers: [[Int]]) -> Correctness {
        Correctness(answers.map { zip($0, labels).map { $0 == Int($1) } })
    }
}

extension GateScore {
    /// The largest value the score can take.
    package func maximum(classCount: Int) -> Double {
        switch self {
        case .entropy: log(Double(classCount))
        case .normalizedEntropy: 1
        case .oneMinusMaximum: 1 - 1 / Double(classCount)
        }
    }
}
