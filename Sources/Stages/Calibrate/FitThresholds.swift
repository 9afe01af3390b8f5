package import Artifacts
package import Diagnostics

/// Fits thresholds for every budget on the calibration split, which is all there is to see here. What they give on these very
/// images is for comparing networks, not to be reported as what one is worth.
///
/// - Parameters:
///   - budgets: mean MACs an image may cost.
///   - calibration: logits of all exits at full depth.
///   - cumulativeMACs: MACs of one image that leaves at each exit.
/// - Returns: by ascending budget.
/// - Throws: `ErdeError` of kind `usage` for a budget below the first exit's cost, `badData` for an empty split or logits
///   that are not finite, `interrupted` when asked to stop.
package func fitThresholds(
    for budgets: [Double], on calibration: LabelledLogits, score: GateScore, cumulativeMACs: [Int],
    run: FittingRun = FittingRun()
) throws(ErdeError) -> [OperatingPoint] {
    try check(calibration, split: .calibration, exits: cumulativeMACs.count, classes: calibration.classCount)
    let split = JudgedSplit(calibration, score, cumulativeMACs)
    return try bestThresholds(
        for: Set(budgets).sorted(), scores: split.scores, correctness: split.correctness, objective: .expectedAnswers, run: run
    ).map { $0.operatingPoint(score: score, images: calibration.imageCount) }
}
