package import Artifacts
package import Diagnostics

/// A model's fitted thresholds and the report about them.
package struct Calibration: Sendable {
    /// By ascending budget, for the model's metadata.
    package var operatingPoints: [OperatingPoint]
    /// Complete but for what only the caller knows: the table of models, candidates, the teacher's errors, provenance.
    package var report: CalibrationReport
}

/// Fits thresholds for every budget on the calibration split and measures them on the test split. Who wants thresholds alone
/// takes `fitThresholds`.
///
/// - Parameters:
///   - calibration: logits of all exits at full depth.
///   - test: likewise; touched to report, never to choose.
///   - cumulativeMACs: MACs of one image that leaves at each exit.
/// - Throws: `ErdeError` of kind `usage` for a budget below the first exit's cost, `badData` for an empty split or logits
///   that are not finite, `interrupted` when asked to stop.
package func calibrate(
    calibration: LabelledLogits, test: LabelledLogits, modelName: String, classNames: [String], cumulativeMACs: [Int],
    options: CalibrationOptions = CalibrationOptions(), run: FittingRun = FittingRun()
) throws(ErdeError) -> Calibration {
    try check(calibration, split: .calibration, exits: cumulativeMACs.count, classes: classNames.count)
    try check(test, split: .test, exits: cumulativeMACs.count, classes: classNames.count)
    let costs = cumulativeMACs.map(Double.init)
    let wanted =
        options.budgets
        ?? defaultBudgets(around: options.targetMACs ?? costs[costs.count - 1], cumulativeMACs: cumulativeMACs)
    try check(budgets: options.targetMACs.map { [$0] } ?? [], cumulativeMACs: costs)
    let budgets = Set(wanted).sorted()
    let fitting = JudgedSplit(calibration, options.score, cumulativeMACs)
    let testing = JudgedSplit(test, options.score, cumulativeMACs)

    // Budgets and curve are fitted in one pass, which also makes them consistent with each other.
    let curveBudgets = spacedBudgets(costs, count: options.curvePoints)
    let fitted = try bestThresholds(
        for: budgets + curveBudgets, scores: fitting.scores, correctness: fitting.correctness, objective: .expectedAnswers,
        run: run)
    let shared = try sharedThresholds(
        for: budgets + curveBudgets, scores: fitting.scores, correctness: fitting.correctness)
    let oracle = Oracle(testing.correctness, cumulativeMACs: costs)

    var report = CalibrationReport(
        modelName: modelName, classNames: classNames, score: options.score, cumulativeMACs: cumulativeMACs,
        targetMACs: options.targetMACs,
        dataset: DatasetSummary(calibrationImages: calibration.imageCount, testImages: test.imageCount))
    report.budgets = budgetResults(
        fitted: Array(fitted.prefix(budgets.count)), shared: Array(shared.prefix(budgets.count)), fitting: fitting,
        testing: testing, oracle: oracle, bootstrap: options.bootstrap)
    report.curves = [
        AccuracyCurve(rule: .perExitThresholds, points: testing.points(fitted.dropFirst(budgets.count))),
        AccuracyCurve(rule: .sharedThreshold, points: testing.points(shared.dropFirst(budgets.count))),
        AccuracyCurve(
            rule: .oracle,
            points: curveBudgets.map {
                let result = oracle.result(budget: $0)
                return .init(budgetMACs: $0, testMeanMACs: result.meanMACs, testAccuracy: result.accuracy)
            }),
    ]
    report.exits = exitCalibrations(fitting: fitting, testing: testing)
    if let thresholds = report.shown?.thresholds {
        let exits = testing.scores.exits(under: thresholds)
        report.confusion = ConfusionMatrix(
            classCount: test.classCount, labels: test.labels.map(Int.init),
            answers: exits.indices.map { testing.answers[exits[$0]][$0] })
        report.examples = examples(testing, exits: exits, count: options.examples)
    }
    report.warnings = warnings(about: report)
    let points = fitted.prefix(budgets.count).map { $0.operatingPoint(score: options.score, images: calibration.imageCount) }
    return Calibration(operatingPoints: points, report: report)
}

/// Budgets from the cost of the first exit to that of the last, evenly spaced.
private func spacedBudgets(_ costs: [Double], count: Int) -> [Double] {
    let least = costs[0]
    let most = costs[costs.count - 1]
    if count < 2 || least == most { return [least] }
    return (0..<count).map { least + (most - least) * Double($0) / Double(count - 1) }
}

func check(_ logits: LabelledLogits, split: DatasetSplit, exits: Int, classes: Int) throws(ErdeError) {
    guard logits.imageCount > 0 else {
        throw ErdeError(
            .badData, "\(split.rawValue) split", "has no images", remedy: "ingest the images again with a larger share for it")
    }
    guard logits.exitCount == exits, logits.classCount == classes else {
        throw ErdeError(
            .badData, "\(split.rawValue) split",
            "has logits of \(logits.exitCount) exits and \(logits.classCount) classes; expected \(exits) and \(classes)",
            remedy: "use the dataset that the model was trained on")
    }
    for (exit, values) in logits.perExit.enumerated() where !values.allSatisfy(\.isFinite) {
        throw ErdeError(
            .badData, "exit \(exit + 1)", "gives logits that are not finite on the \(split.rawValue) split",
            remedy: "train the model again with a smaller learning rate")
    }
    for label in logits.labels where label < 0 || Int(label) >= classes {
        throw ErdeError(
            .badData, "\(split.rawValue) split", "has the label \(label); expected 0 to \(classes - 1)",
            remedy: "use the dataset that the model was trained on")
    }
}
