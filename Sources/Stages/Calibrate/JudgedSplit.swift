import Artifacts

/// A split with all that is derived from its logits once.
struct JudgedSplit {
    let logits: LabelledLogits
    let scores: ExitScores
    let answers: [[Int]]
    let correctness: Correctness

    init(_ logits: LabelledLogits, _ score: GateScore, _ cumulativeMACs: [Int]) {
        self.logits = logits
        scores = logits.scores(score, cumulativeMACs: cumulativeMACs)
        answers = logits.answers()
        correctness = logits.correctness(of: answers)
    }

    func result(_ thresholds: [Double]) -> LeavingResult {
        LeavingResult(
            exits: scores.exits(under: thresholds), correctness: correctness, cumulativeMACs: scores.cumulativeMACs)
    }

    /// Share of all images that an exit gets right, 0…1.
    func accuracy(exit: Int) -> Double {
        Double(correctness.isCorrect[exit].count { $0 }) / Double(max(1, logits.imageCount))
    }

    /// What fitted thresholds give here, as points of a curve.
    func points(_ fitted: some Sequence<FittedThresholds>) -> [AccuracyCurve.Point] {
        fitted.map {
            let result = result($0.thresholds)
            return AccuracyCurve.Point(
                budgetMACs: $0.budgetMACs, testMeanMACs: result.meanMACs, testAccuracy: result.accuracy)
        }
    }
}
