package import Artifacts
package import Diagnostics

/// What the best thresholds for a budget give on the very images they are fitted to: for comparing networks, not to be
/// reported as what one is worth.
///
/// - Returns: share of right answers, 0…1, and mean MACs, at most the budget.
/// - Throws: `ErdeError` of kind `usage` for a budget below the first exit's cost.
package func fittedAccuracy(
    _ logits: LabelledLogits, score: GateScore, cumulativeMACs: [Int], budgetMACs: Double
) throws(ErdeError) -> (accuracy: Double, meanMACs: Double) {
    let split = JudgedSplit(logits, score, cumulativeMACs)
    let fitted = try bestThresholds(
        for: [budgetMACs], scores: split.scores, correctness: split.correctness, objective: .expectedAnswers)
    return (Double(fitted[0].correctCount) / Double(max(1, logits.imageCount)), fitted[0].meanMACs)
}
