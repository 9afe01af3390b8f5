package import Artifacts
package import Diagnostics

/// Measures a model on one split under several ways of leaving.
///
/// - Parameters:
///   - logits: of all exits at full depth.
///   - settings: thresholds, with the budget they belong to.
/// - Throws: `ErdeError` of kind `badData` for an empty split or logits that are not finite.
package func evaluate(
    _ logits: LabelledLogits, split: DatasetSplit, model: String, classNames: [String], cumulativeMACs: [Int],
    score: GateScore, settings: [(budgetMACs: Double?, thresholds: [Double])], bootstrap: Bootstrap = Bootstrap()
) throws(ErdeError) -> EvaluationReport {
    try check(logits, split: split, exits: cumulativeMACs.count, classes: classNames.count)
    let judged = JudgedSplit(logits, score, cumulativeMACs)
    let perExit = logits.perExit.map { confidences(logits: $0, classCount: logits.classCount) }
    let exits = settings.map { judged.scores.exits(under: $0.thresholds) }
    let intervals = bootstrap.intervals(
        exits: exits, correctness: judged.correctness, cumulativeMACs: judged.scores.cumulativeMACs)
    return EvaluationReport(
        model: model, split: split, imageCount: logits.imageCount, classNames: classNames, score: score,
        cumulativeMACs: cumulativeMACs, accuracyPerExit: perExit.indices.map(judged.accuracy(exit:)),
        expectedCalibrationErrorPerExit: perExit.indices.map {
            ReliabilityDiagram(confidences: perExit[$0], isCorrect: judged.correctness.isCorrect[$0])
                .expectedCalibrationError
        },
        settings: settings.indices.map { index in
            let leaving = exits[index]
            let result = LeavingResult(
                exits: leaving, correctness: judged.correctness, cumulativeMACs: judged.scores.cumulativeMACs)
            let given = ReliabilityDiagram(
                confidences: leaving.indices.map { perExit[leaving[$0]][$0] },
                isCorrect: leaving.indices.map { judged.correctness.isCorrect[leaving[$0]][$0] })
            return EvaluationReport.Setting(
                budgetMACs: settings[index].budgetMACs, thresholds: settings[index].thresholds,
                accuracy: intervals[index].accuracy, meanMACs: intervals[index].meanMACs, exitShares: result.exitShares,
                accuracyPerExit: result.accuracyPerExit, medianMACs: result.medianMACs,
                percentile99MACs: result.percentile99MACs, expectedCalibrationError: given.expectedCalibrationError,
                confusion: ConfusionMatrix(
                    classCount: logits.classCount, labels: logits.labels.map(Int.init),
                    answers: leaving.indices.map { judged.answers[leaving[$0]][$0] }))
        })
}
