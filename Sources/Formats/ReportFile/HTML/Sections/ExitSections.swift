import Artifacts

/// Reliability and separation of every exit.
func exitSection(_ report: CalibrationReport) -> Markup? {
    guard !report.exits.isEmpty else { return nil }
    let figures = report.exits.map { exit -> Markup in
        """
        <figure><h3>Exit \(exit.exit)</h3>\(ReliabilityChart(exit: exit).markup)
        <dl class="facts"><dt>accuracy</dt><dd>\(percentText(exit.testAccuracy)) on test</dd>\
        <dt>calibration error</dt><dd>\(percentText(exit.reliability.expectedCalibrationError)) → \
        \(percentText(exit.scaledReliability.expectedCalibrationError))</dd>\
        <dt>temperature</dt><dd>\(decimalText(exit.temperature, decimals: 3))</dd>\
        <dt>AUROC of the score</dt><dd>\(exit.scoreAUROC.map { decimalText($0, decimals: 3) } ?? "–")</dd></dl></figure>

        """
    }
    return """
        <section><h2>Does each exit know when it is right?</h2>
        <p class="soft">Bars show how often the answers of a given confidence are right; on the diagonal, confidence can be \
        taken at its word. Dots: after dividing the logits by the temperature fitted on the calibration split. The grey \
        strip shows how many images lie in each bin.</p>
        <div class="multiples">\(figures)</div>\(teacherErrors(report))\(ensembleWeights(report))</section>

        """
}

private func teacherErrors(_ report: CalibrationReport) -> Markup? {
    guard let errors = report.teacherTrainingErrorPerExit, !errors.isEmpty else { return nil }
    let judged =
        switch report.provenance?.distillation?.effectiveOutOfFold ?? .ignored {
        case .ignored: "augmented training images that the teacher’s exits get wrong"
        case .mask, .all: "training images that exits of teachers trained without them get wrong"
        }
    let use: Markup? =
        report.provenance?.distillation?.method.isEntropyRegularized == true
        ? " The entropy term of the distillation works on these." : nil
    return """
        <p class="note">Share of \(judged): \(errors.map { percentText($0) }.joined(separator: " · ")).\(use)</p>
        """
}

private func ensembleWeights(_ report: CalibrationReport) -> Markup? {
    guard let rows = report.provenance?.ensembleWeights, !rows.isEmpty else { return nil }
    let ensembles = rows.enumerated().map { exit, weights in
        "exit \(exit + 1): " + weights.map { decimalText($0, decimals: 2) }.joined(separator: " + ")
    }
    return """
        <p class="note">In training, exits also learned from ensembles of all exits. Learned weights of the exits in the \
        ensemble that teaches \(ensembles.joined(separator: " · ")).</p>
        """
}

/// Which classes are taken for which.
func confusionSection(_ report: CalibrationReport) -> Markup? {
    guard let confusion = report.confusion else { return nil }
    let matrix = confusion.counts.count <= 25 ? confusionTable(confusion, report.classNames) : nil
    return """
        <section><h2>Confusion at \(report.shownName)</h2>
        <div class="columns\(matrix == nil ? "" : " uneven")">\(matrix)\(confusedPairs(confusion, report.classNames))</div></section>

        """
}

private func confusionTable(_ confusion: ConfusionMatrix, _ names: [String]) -> Markup {
    let heads = names.map { "<th scope=\"col\"><span class=\"tall\">\($0)</span></th>" as Markup }
    let rows = confusion.counts.enumerated().map { label, row -> Markup in
        let total = Double(max(1, row.reduce(0, +)))
        let cells = row.enumerated().map { answer, count -> Markup in
            guard count > 0 else { return "<td class=\"soft\">·</td>" }
            let share = Double(count) / total
            // Errors are rare, so the square root keeps them visible.
            let strength = decimalText(label == answer ? 0.15 + 0.7 * share : min(0.85, share.squareRoot()), decimals: 2)
            let color = label == answer ? "37, 99, 235" : "224, 72, 40"
            return """
                <td style="background: rgba(\(color), \(strength))" title="\(names[label]) taken for \(names[answer]): \
                \(groupedText(count)) images, \(percentText(share, decimals: 1))">\(groupedText(count))</td>
                """
        }
        return "<tr><th scope=\"row\">\(names[label])</th>\(cells)</tr>\n"
    }
    return """
        <div class="scroll"><table class="confusion"><caption>Test images by true class (row) and answer (column)</caption>
        <thead><tr><td></td>\(heads)</tr></thead><tbody>\(rows)</tbody></table></div>
        """
}

private func confusedPairs(_ confusion: ConfusionMatrix, _ names: [String]) -> Markup {
    var pairs: [(label: Int, answer: Int, count: Int)] = []
    for (label, row) in confusion.counts.enumerated() {
        for (answer, count) in row.enumerated() where answer != label && count > 0 { pairs.append((label, answer, count)) }
    }
    pairs.sort { ($1.count, $0.label, $0.answer) < ($0.count, $1.label, $1.answer) }
    let rows = pairs.prefix(10).map { pair -> Markup in
        let total = confusion.counts[pair.label].reduce(0, +)
        return """
            <tr><td class="wrap">\(names[pair.label])</td><td class="left wrap">\(names[pair.answer])</td><td>\(groupedText(pair.count))\
            <small>\(percentText(Double(pair.count) / Double(max(1, total)), decimals: 1))</small></td></tr>

            """
    }
    if rows.isEmpty { return "<p>No test image is taken for another class.</p>" }
    return """
        <table><caption>Most frequent mistakes</caption><thead><tr><th scope="col">true class</th>\
        <th scope="col" class="left">answer</th><th scope="col">images</th></tr></thead><tbody>\(Array(rows))</tbody></table>
        """
}
