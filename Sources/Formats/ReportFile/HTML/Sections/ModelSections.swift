import Artifacts

/// Teacher, student and relatives beside each other.
func modelSection(_ report: CalibrationReport) -> Markup? {
    guard !report.models.isEmpty else { return nil }
    let teacher = report.models.first { $0.name == "teacher" }
    let rows = report.models.map { model -> Markup in
        let full = Double(model.cumulativeMACs.last ?? 0)
        return """
            <tr><th scope="row">\(model.name)\(model.architecture.map { "<small>\($0)</small>" as Markup })</th>\
            <td>\(accuracies(model.testAccuracyPerExit))</td><td>\(accuracies(model.calibrationAccuracyPerExit))</td>\
            <td>\(shortMACs(full))\(ratio(teacher?.cumulativeMACs.last.map(Double.init), full, model, teacher))\
            <small>\(model.cumulativeMACs.dropLast().map { shortMACs(Double($0)) }.joined(separator: " · "))</small></td>\
            <td>\(groupedText(model.parameterCount))\
            \(ratio(teacher.map { Double($0.parameterCount) }, Double(model.parameterCount), model, teacher))\
            \(model.fileBytes.map { "<small>\(bytesText($0))</small>" as Markup })</td>\
            <td>\(time(model.millisecondsPerImageBatch1))</td><td>\(time(model.millisecondsPerImageBatch128))</td>\
            <td>\(leaving(model))</td></tr>

            """
    }
    return """
        <section><h2>Before and after</h2>
        <p class="soft">Every image through the whole network; small print shows the earlier exits.</p>
        <div class="scroll"><table class="models"><thead><tr><th scope="col">network</th>\
        <th scope="col">accuracy<small>test</small></th>\
        <th scope="col">accuracy<small>calibration</small></th><th scope="col">MACs<small>full depth</small></th>\
        <th scope="col">parameters<small>file</small></th><th scope="col">time per image<small>one at a time</small></th>\
        <th scope="col">time per image<small>128 at a time</small></th>\
        <th scope="col">leave at exit<small>at \(report.shownName)</small></th></tr></thead>
        <tbody>\(rows)\(shownRow(report))</tbody></table></div></section>

        """
}

/// The calibrated model as it is meant to be used.
private func shownRow(_ report: CalibrationReport) -> Markup? {
    guard let shown = report.shown else { return nil }
    return """
        <tr class="chosen"><th scope="row">\(report.modelName)<small>at \(report.shownName)</small></th>\
        <td>\(percentText(shown.testAccuracy.value))</td><td>\(percentText(shown.calibrationAccuracy))</td>\
        <td>\(shortMACs(shown.testMeanMACs.value))<small>mean</small></td><td></td><td></td><td></td><td></td></tr>
        """
}

private func accuracies(_ values: [Double]?) -> Markup {
    guard let values, let last = values.last else { return "–" }
    let earlier = values.dropLast().map { percentText($0, decimals: 1) }.joined(separator: " · ")
    return "\(percentText(last))\(earlier.isEmpty ? "" as Markup : "<small>\(earlier)</small>")"
}

/// Where images leave, how many are answered right then, and how many changed their exit since the row above.
private func leaving(_ model: ModelSummary) -> Markup {
    guard let shares = model.exitSharesAtTarget else { return "–" }
    let accuracy = model.testAccuracyAtTarget.map { "<small>accuracy \(percentText($0))</small>" as Markup }
    let changed = model.changedExitShare.map { "<small>changed \(percentText($0))</small>" as Markup }
    return "\(wholePercentTexts(shares).joined(separator: " · "))\(accuracy)\(changed)"
}

/// How many times less than the teacher.
private func ratio(_ before: Double?, _ after: Double, _ model: ModelSummary, _ teacher: ModelSummary?) -> Markup? {
    guard let before, after > 0, model != teacher else { return nil }
    return "<small>÷ \(decimalText(before / after, decimals: 1))</small>"
}

private func time(_ measurement: TimeMeasurement?) -> Markup {
    guard let measurement else { return "–" }
    return """
        \(millisecondsText(measurement.median))<small>\(millisecondsText(measurement.low)) – \
        \(millisecondsText(measurement.high))</small>
        """
}

/// The students that were considered; many that were ruled out without a training are folded away.
func candidateSection(_ report: CalibrationReport) -> Markup? {
    guard !report.candidates.isEmpty else { return nil }
    let tried = report.candidates.filter { $0.isChosen || $0.trainingImages > 0 }
    let others = report.candidates.filter { !$0.isChosen && $0.trainingImages == 0 }
    let (shown, folded) = others.count > mostShownUntried && !tried.isEmpty ? (tried, others) : (report.candidates, [])
    let fold: Markup? =
        folded.isEmpty
        ? nil
        : """
        <details><summary>\(groupedText(folded.count)) more, ruled out without a training</summary>
        \(candidateTable(folded))</details>
        """
    return """
        <section><h2>Students considered</h2>\(report.candidateChoice.map { "<p>\($0)</p>" as Markup })
        \(candidateTable(shown))\(fold)</section>

        """
}

/// Networks ruled out without a training that a table has beside the others.
private let mostShownUntried = 12

private func candidateTable(_ candidates: [StudentCandidate]) -> Markup {
    let rows = candidates.map { candidate -> Markup in
        """
        <tr\(candidate.isChosen ? " class=\"chosen\"" as Markup : "")><th scope="row" class="wrap"><code>\(candidate.architecture)</code>\
        \(candidate.isChosen ? "<small>chosen</small>" as Markup : "")</th>\
        <td>\(candidate.cumulativeMACs.map { shortMACs(Double($0)) }.joined(separator: " · "))</td>\
        <td>\(groupedText(candidate.parameterCount))</td><td>\(candidate.trainingImages == 0 ? "–" : groupedText(candidate.trainingImages))</td>\
        <td>\(candidate.calibrationAccuracy.map { percentText($0) } ?? "–")</td>\
        <td class="left wrap">\(candidate.reason ?? "")</td></tr>

        """
    }
    return """
        <div class="scroll"><table><thead><tr><th scope="col">network</th><th scope="col">MACs per exit</th>\
        <th scope="col">parameters</th><th scope="col">trained on<small>images before the choice</small></th>\
        <th scope="col">accuracy<small>calibration, at the target</small></th><th scope="col" class="left">why</th></tr></thead>
        <tbody>\(rows)</tbody></table></div>
        """
}
