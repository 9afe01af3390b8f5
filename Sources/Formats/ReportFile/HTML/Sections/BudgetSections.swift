import Artifacts

/// The main chart and the curves it holds.
func accuracySection(_ report: CalibrationReport) -> Markup? {
    guard !report.budgets.isEmpty else { return nil }
    return """
        <section><h2>Accuracy for compute</h2>
        <p class="soft">Each point of a curve is a set of thresholds: to the left images leave earlier and cost less. \
        Diamonds show what a network gives when every image leaves at the same exit.</p>
        \(AccuracyChart(report).markup)</section>

        """
}

/// Thresholds and results of every budget, and where the images leave.
func budgetSection(_ report: CalibrationReport) -> Markup? {
    guard !report.budgets.isEmpty else { return nil }
    let gates = max(0, report.cumulativeMACs.count - 1)
    let columns = (0..<gates).map {
        "<th scope=\"col\">leave exit \($0 + 1)<small>\(scoreSign(report)) below</small></th>" as Markup
    }
    let rows = report.budgets.map { budget -> Markup in
        let isShown = budget.budgetMACs == report.shown?.budgetMACs
        let isTarget = isShown && report.target != nil
        let shared = budget.sharedThreshold.map {
            "<td>\(percentText($0.testAccuracy))<small>\(shortMACs($0.testMeanMACs))</small></td>" as Markup
        }
        let thresholds = budget.thresholds.map { "<td>\(thresholdText($0, report))</td>" as Markup }
        return """
            <tr\(isShown ? " class=\"chosen\"" as Markup : "")><th scope="row">\(shortMACs(budget.budgetMACs))\
            \(isTarget ? "<small>target</small>" as Markup : "")</th>\(thresholds)\
            <td>\(percentText(budget.testAccuracy.value))<small>\(percentText(budget.testAccuracy.low)) – \
            \(percentText(budget.testAccuracy.high))</small></td>\
            <td>\(shortMACs(budget.testMeanMACs.value))<small>\(shortMACs(budget.testMeanMACs.low)) – \
            \(shortMACs(budget.testMeanMACs.high))</small></td>\
            <td>\(shortMACs(budget.medianMACs))<small>99 %: \(shortMACs(budget.percentile99MACs))</small></td>\
            <td>\(percentText(budget.calibrationAccuracy))<small>\(shortMACs(budget.calibrationMeanMACs))</small></td>\
            \(shared ?? "<td>–</td>")<td>\(percentText(budget.oracleAccuracy))</td></tr>

            """
    }
    let saturation = report.saturation.map {
        """
        <p class="soft">Budgets above \(shortMACs($0)) MACs buy nothing more: by the calibration images, no thresholds that let \
        more be spent can be expected to do better.</p>

        """ as Markup
    }
    return """
        <section><h2>Thresholds and where images leave</h2>
        <p class="soft">Use the thresholds of the budget you can afford: an image leaves at the first exit whose \
        \(scoreName(report.score)) is below the threshold, and the last exit answers whatever is left.</p>
        \(ShareBars(report: report).markup)
        <div class="scroll"><table><caption>Budgets are mean MACs per image. Small print: 95 % intervals, or MACs.</caption>
        <thead><tr><th scope="col">budget</th>\(columns)<th scope="col">accuracy<small>test</small></th>\
        <th scope="col">mean MACs<small>test</small></th><th scope="col">MACs of half<small>of the test images</small></th>\
        <th scope="col">calibration<small>accuracy, MACs</small></th><th scope="col">one threshold<small>test, for comparison</small></th>\
        <th scope="col">oracle<small>test</small></th></tr></thead>
        <tbody>\(rows)</tbody></table></div>
        \(saturation)</section>

        """
}

/// `0.412`, or in words where a threshold lets everybody or nobody leave.
private func thresholdText(_ threshold: Double, _ report: CalibrationReport) -> String {
    if threshold <= 0 { return "never" }
    switch report.score {
    case .entropy: return threshold > 1e-3 + logarithm(report.classNames.count) ? "always" : decimalText(threshold, decimals: 3)
    case .normalizedEntropy, .oneMinusMaximum: return threshold > 1.001 ? "always" : decimalText(threshold, decimals: 3)
    }
}

func scoreName(_ score: GateScore) -> String {
    switch score {
    case .entropy: "entropy in nats"
    case .normalizedEntropy: "entropy, divided by its largest value,"
    case .oneMinusMaximum: "doubt, 1 − the largest probability,"
    }
}

private func scoreSign(_ report: CalibrationReport) -> String {
    switch report.score {
    case .entropy: "entropy"
    case .normalizedEntropy: "relative entropy"
    case .oneMinusMaximum: "doubt"
    }
}
