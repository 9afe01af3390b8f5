import Artifacts
import Diagnostics

/// One row per budget: fitted there, measured here.
func budgetResults(
    fitted: [FittedThresholds], shared: [FittedThresholds], fitting: JudgedSplit, testing: JudgedSplit, oracle: Oracle,
    bootstrap: Bootstrap
) -> [BudgetResult] {
    let costs = testing.scores.cumulativeMACs
    let exits = fitted.map { testing.scores.exits(under: $0.thresholds) }
    let intervals = bootstrap.intervals(exits: exits, correctness: testing.correctness, cumulativeMACs: costs)
    return fitted.indices.map { index in
        let result = LeavingResult(exits: exits[index], correctness: testing.correctness, cumulativeMACs: costs)
        let baseline = testing.result(shared[index].thresholds)
        return BudgetResult(
            budgetMACs: fitted[index].budgetMACs, thresholds: fitted[index].thresholds, method: fitted[index].method,
            calibrationAccuracy: Double(fitted[index].correctCount) / Double(fitting.logits.imageCount),
            calibrationMeanMACs: fitted[index].meanMACs, testAccuracy: intervals[index].accuracy,
            testMeanMACs: intervals[index].meanMACs, exitShares: result.exitShares,
            accuracyPerExit: result.accuracyPerExit, medianMACs: result.medianMACs,
            percentile99MACs: result.percentile99MACs,
            oracleAccuracy: oracle.result(budget: fitted[index].budgetMACs).accuracy,
            sharedThreshold: BaselineResult(
                thresholds: shared[index].thresholds, testAccuracy: baseline.accuracy, testMeanMACs: baseline.meanMACs))
    }
}

/// Temperatures fitted on one split, reliability and AUROC measured on the other.
func exitCalibrations(fitting: JudgedSplit, testing: JudgedSplit) -> [ExitCalibration] {
    (0..<testing.scores.exitCount).map { exit in
        let classes = testing.logits.classCount
        let temperature = bestTemperature(
            logits: fitting.logits.perExit[exit], labels: fitting.logits.labels, classCount: classes)
        let isCorrect = testing.correctness.isCorrect[exit]
        func reliability(_ temperature: Double) -> ReliabilityDiagram {
            ReliabilityDiagram(
                confidences: confidences(
                    logits: testing.logits.perExit[exit], classCount: classes, temperature: temperature),
                isCorrect: isCorrect)
        }
        return ExitCalibration(
            exit: exit + 1, calibrationAccuracy: fitting.accuracy(exit: exit), testAccuracy: testing.accuracy(exit: exit),
            temperature: temperature, reliability: reliability(1), scaledReliability: reliability(temperature),
            scoreAUROC: areaUnderROC(scores: testing.scores.scores[exit], isCorrect: isCorrect))
    }
}

/// The surest images that leave at the first exit and the least sure that nobody lets go.
func examples(_ split: JudgedSplit, exits: [Int], count: Int) -> [ExitExample] {
    let scores = split.scores.scores[0]
    let last = split.scores.exitCount - 1
    guard last > 0 else { return [] }
    func example(_ kind: ExitExample.Kind, _ index: Int) -> ExitExample {
        ExitExample(
            kind: kind, index: index, label: Int(split.logits.labels[index]), answer: split.answers[exits[index]][index],
            exit: exits[index] + 1, firstScore: scores[index])
    }
    // Equal scores keep the order of the split, so that the same data always shows the same images.
    let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
    let early = order.lazy.filter { exits[$0] == 0 }.prefix(count)
    let late = order.reversed().lazy.filter { exits[$0] == last }.prefix(count)
    return early.map { example(.early, $0) } + late.map { example(.late, $0) }
}

/// What in the figures should make their reader careful.
func warnings(about report: CalibrationReport) -> [String] {
    var warnings: [String] = []
    func percent(_ share: Double) -> String { decimalText(share * 100, decimals: 1) + " %" }
    if report.dataset.calibrationImages < 500 {
        warnings.append(
            "Thresholds were fitted on \(report.dataset.calibrationImages) \(noun("image", for: report.dataset.calibrationImages)) only; expect them to be off by more than the intervals say."
        )
    }
    // The interval is of the test images alone; that the thresholds come from a sample too widens it.
    let (fitted, tested) = (report.dataset.calibrationImages, report.dataset.testImages)
    let widening = (1 + Double(tested) / Double(max(1, fitted))).squareRoot()
    for budget in report.budgets {
        let cost = budget.testMeanMACs
        guard cost.value - widening * (cost.value - cost.low) > budget.budgetMACs else { continue }
        warnings.append(
            "At the budget of \(macsText(budget.budgetMACs)) the test images cost \(macsText(budget.testMeanMACs.value)) on average, more than chance explains: test and calibration images differ."
        )
    }
    // The last exit has no gate.
    for exit in report.exits.dropLast() where (exit.scoreAUROC ?? 1) < 0.6 {
        warnings.append(
            "At exit \(exit.exit) the score hardly tells right from wrong answers (AUROC \(decimalText(exit.scoreAUROC ?? 0, decimals: 2))); early exits gain little there."
        )
    }
    for (exit, next) in zip(report.exits, report.exits.dropFirst()) where next.testAccuracy < exit.testAccuracy - 0.005 {
        warnings.append(
            "Exit \(next.exit) is less accurate than exit \(exit.exit) (\(percent(next.testAccuracy)) and \(percent(exit.testAccuracy)) on test): the deeper stage does not pay."
        )
    }
    return warnings
}
