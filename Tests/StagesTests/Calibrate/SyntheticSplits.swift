import Calibrate
import Tensors

/// Random scores on a coarse grid, so that ties occur, with answers that are more often right where the score is small.
func randomProblem(exits: Int, images: Int, levels: Int, seed: UInt64) -> (scores: ExitScores, correctness: Correctness) {
    var generator = RandomGenerator(seed: seed)
    var costs: [Double] = []
    for _ in 0..<exits { costs.append((costs.last ?? 0) + Double(1 + generator.below(6))) }
    var scores: [[Double]] = []
    var correct: [[Bool]] = []
    for exit in 0..<exits {
        let values = (0..<images).map { _ in Double(generator.below(levels)) / Double(levels) * 2.2 }
        scores.append(values)
        correct.append(values.map { generator.uniform() < 0.95 - 0.2 * $0 * (1 - 0.5 * Double(exit) / Double(exits)) })
    }
    return (ExitScores(scores: scores, cumulativeMACs: costs), Correctness(correct))
}

/// Logits of a network whose later exits are better: every image has a difficulty, every exit some of the signal.
func randomLogits(exits: Int, images: Int, classes: Int, seed: UInt64) -> LabelledLogits {
    var generator = RandomGenerator(seed: seed)
    let labels = (0..<images).map { _ in Int32(generator.below(classes)) }
    let ease = labels.map { _ in generator.uniform() * 6 }
    let perExit = (0..<exits).map { exit in
        labels.indices.flatMap { image in
            (0..<classes).map { index in
                let signal = index == Int(labels[image]) ? ease[image] * (0.6 + 0.4 * Double(exit + 1) / Double(exits)) : 0
                return Float(signal + (generator.uniform() - 0.5) * 4)
            }
        }
    }
    return LabelledLogits(perExit: perExit, classCount: classes, labels: labels)
}

/// Right answers and mean MACs of thresholds, computed image by image.
func measured(
    _ thresholds: [Double], _ scores: ExitScores, _ correctness: Correctness
) -> (correct: Int, meanMACs: Double) {
    var correct = 0
    var macs = 0.0
    for image in 0..<scores.imageCount {
        var exit = 0
        while exit < thresholds.count && !(scores.scores[exit][image] < thresholds[exit]) { exit += 1 }
        correct += correctness.isCorrect[exit][image] ? 1 : 0
        macs += scores.cumulativeMACs[exit]
    }
    return (correct, macs / Double(scores.imageCount))
}
