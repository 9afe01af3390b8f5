import Artifacts

/// Accuracy over mean MACs: the curves, every budget with its interval, and the exits of all models.
struct AccuracyChart {
    private let report: CalibrationReport
    private let horizontal: Axis
    private let vertical: Axis
    private let width = 920.0
    private let height = 430.0
    /// By model.
    private let labels: [Label?]

    init(_ report: CalibrationReport) {
        self.report = report
        var macs = report.curves.flatMap { $0.points.map(\.testMeanMACs) }
        var accuracies = report.curves.flatMap { $0.points.map(\.testAccuracy) }
        for budget in report.budgets {
            macs += [budget.testMeanMACs.value, budget.budgetMACs]
            accuracies += [budget.testAccuracy.low, budget.testAccuracy.high]
        }
        for model in report.models {
            guard let values = model.testAccuracyPerExit else { continue }
            macs += model.cumulativeMACs.map(Double.init)
            accuracies += values
        }
        macs = macs.filter { $0 > 0 }
        let least = macs.min() ?? 1
        let most = max(macs.max() ?? 2, least * 1.01)
        // Teacher and student are often an order of magnitude apart.
        let isWide = most / least > 4
        let margin = (most - least) * 0.05
        let range = isWide ? least * 0.86...most * 1.18 : max(0, least - margin)...most + margin
        horizontal = Axis(scale: isWide ? .logarithmic : .linear, values: range, start: 64, end: width - 24)
        let low = accuracies.min() ?? 0
        let high = max(accuracies.max() ?? 1, low + 0.004)
        let pad = (high - low) * 0.09
        vertical = Axis(scale: .linear, values: max(0, low - pad)...min(1.002, high + pad), start: height - 56, end: 34)
        labels = AccuracyChart.labels(report.models, horizontal: horizontal, vertical: vertical)
    }

    var markup: Markup {
        """
        <div class="scroll"><svg class="chart wide" viewBox="0 0 \(width) \(height)" role="img" \
        aria-label="Test accuracy over mean MACs per image; the tables below hold the same figures">
        \(grid)\(targetLine)\(report.curves.reversed().map(curve))\(report.models.enumerated().map(exits))\
        \(report.budgets.map(budget))</svg></div>
        \(legend)
        """
    }

    private var grid: Markup {
        let bottom = vertical.start
        let rows = vertical.ticks(about: 6).map { tick -> Markup in
            let y = vertical.position(tick)
            return """
                <line class="grid" x1="\(horizontal.start)" x2="\(horizontal.end)" y1="\(y)" y2="\(y)"/>\
                <text class="tick" x="\(horizontal.start - 8)" y="\(y + 4)" text-anchor="end">\
                \(decimalTick(tick * 100)) %</text>
                """
        }
        let columns = horizontal.ticks(about: 8).map { tick -> Markup in
            let x = horizontal.position(tick)
            return """
                <line class="grid faint" x1="\(x)" x2="\(x)" y1="\(vertical.end)" y2="\(bottom)"/>\
                <text class="tick" x="\(x)" y="\(bottom + 20)" text-anchor="middle">\(macsTick(tick))</text>
                """
        }
        return """
            \(rows)\(columns)<line class="axis" x1="\(horizontal.start)" x2="\(horizontal.end)" y1="\(bottom)" y2="\(bottom)"/>
            <text class="label" x="\((horizontal.start + horizontal.end) / 2)" y="\(height - 10)" text-anchor="middle">\
            mean MACs per image\(horizontal.scale == .logarithmic ? " (logarithmic)" : "") →</text>
            <text class="label" x="8" y="16">↑ accuracy on test images</text>
            """
    }

    private var targetLine: Markup? {
        guard let target = report.targetMACs, horizontal.values ~= target else { return nil }
        let x = horizontal.position(target)
        return """
            <line class="target" x1="\(x)" x2="\(x)" y1="\(vertical.end)" y2="\(vertical.start)"/>\
            <text class="targetLabel" x="\(x + 6)" y="\(vertical.start - 8)">target \(shortMACs(target))</text>
            """
    }

    private func curve(_ curve: AccuracyCurve) -> Markup {
        let name =
            switch curve.rule {
            case .perExitThresholds: "student"
            case .sharedThreshold: "shared"
            case .oracle: "oracle"
            }
        let corners = curve.points.filter { $0.testMeanMACs > 0 }.sorted { $0.testMeanMACs < $1.testMeanMACs }.map {
            "\(coordinateText(horizontal.position($0.testMeanMACs))),\(coordinateText(vertical.position($0.testAccuracy)))"
        }
        return "<polyline class=\"curve \(name)\" points=\"\(corners.joined(separator: " "))\"/>\n"
    }

    private func exits(_ index: Int, _ model: ModelSummary) -> Markup {
        guard let accuracies = model.testAccuracyPerExit else { return "" }
        let points = zip(model.cumulativeMACs, accuracies).map {
            (x: horizontal.position(Double($0)), y: vertical.position($1))
        }
        let corners = points.map { "\(coordinateText($0.x)),\(coordinateText($0.y))" }.joined(separator: " ")
        let marks = points.indices.map { exit -> Markup in
            let (x, y) = points[exit]
            return """
                <path class="exitMark" d="M\(x) \(y - 6)l6 6l-6 6l-6 -6z"><title>\(model.name), every image at exit \
                \(exit + 1): \(percentText(accuracies[exit])) at \(shortMACs(Double(model.cumulativeMACs[exit]))) MACs</title></path>
                """
        }
        return """
            <g class="series\(index % 4)"><polyline class="exitLine" points="\(corners)"/>\(marks)\
            \(labels[index].map { name(of: model, at: $0) })</g>

            """
    }

    private func name(of model: ModelSummary, at label: Label) -> Markup {
        "<text class=\"name\" x=\"\(label.x)\" y=\"\(label.y)\" text-anchor=\"\(label.anchor)\">\(model.name)</text>"
    }

    /// Where a model's name stands.
    private struct Label {
        var x: Double
        var y: Double
        var anchor: String
    }

    /// The names' places, beside the last exits; a name that would stand on another goes below it.
    private static func labels(_ models: [ModelSummary], horizontal: Axis, vertical: Axis) -> [Label?] {
        let (lineHeight, nameWidth) = (15.0, 90.0)
        var labels: [Label?] = []
        for model in models {
            guard let accuracy = model.testAccuracyPerExit?.last, let macs = model.cumulativeMACs.last else {
                labels.append(nil)
                continue
            }
            // Whole, so that what is moved by a line stands a line away.
            let (x, y) = (horizontal.position(Double(macs)).rounded(), vertical.position(accuracy).rounded())
            var label =
                x > horizontal.end - nameWidth
                ? Label(x: x - 2, y: y + 22, anchor: "end") : Label(x: x + 10, y: y + 4, anchor: "start")
            while let other = labels.compactMap({ $0 }).first(where: {
                abs($0.x - label.x) < nameWidth && abs($0.y - label.y) < lineHeight
            }) {
                label.y = other.y + lineHeight
            }
            labels.append(label)
        }
        return labels
    }

    private func budget(_ budget: BudgetResult) -> Markup {
        let x = horizontal.position(max(budget.testMeanMACs.value, horizontal.values.lowerBound))
        let y = vertical.position(budget.testAccuracy.value)
        let isShown = budget.budgetMACs == report.shown?.budgetMACs
        return """
            <g class="budget\(isShown ? " chosen" : "")"><line x1="\(x)" x2="\(x)" \
            y1="\(vertical.position(budget.testAccuracy.low))" y2="\(vertical.position(budget.testAccuracy.high))"/>\
            <circle cx="\(x)" cy="\(y)" r="\(isShown ? 7.0 : 5.0)"><title>budget \(shortMACs(budget.budgetMACs)) MACs: \
            \(percentText(budget.testAccuracy.value)) at \(shortMACs(budget.testMeanMACs.value)) MACs on test</title></circle></g>

            """
    }

    private var legend: Markup {
        var items: [Markup] = []
        if !report.budgets.isEmpty {
            items.append(
                "<li><svg viewBox=\"0 0 28 14\"><g class=\"budget\"><line x1=\"14\" x2=\"14\" y1=\"0\" y2=\"14\"/><circle cx=\"14\" cy=\"7\" r=\"5\"/></g></svg>a budget, with 95 % interval</li>"
            )
        }
        for curve in report.curves {
            let (name, text): (String, String) =
                switch curve.rule {
                case .perExitThresholds: ("student", "one threshold per exit")
                case .sharedThreshold: ("shared", "one threshold for all exits")
                case .oracle: ("oracle", "oracle: no gate can do better")
                }
            items.append(
                "<li><svg viewBox=\"0 0 28 14\"><line class=\"curve \(name)\" x1=\"0\" x2=\"28\" y1=\"7\" y2=\"7\"/></svg>\(text)</li>"
            )
        }
        for (index, model) in report.models.enumerated() where model.testAccuracyPerExit != nil {
            items.append(
                "<li><svg viewBox=\"0 0 28 14\"><g class=\"series\(index % 4)\"><path class=\"exitMark\" d=\"M14 1l6 6l-6 6l-6 -6z\"/></g></svg>\(model.name), all images at one exit</li>"
            )
        }
        return "<ul class=\"legend\">\(items)</ul>"
    }

    /// `3 M`, `1.5 M`
    private func macsTick(_ macs: Double) -> String {
        let units: [(Double, String)] = [(1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k"), (1, "")]
        let unit = units.first { macs >= $0.0 * 0.999 } ?? (1, "")
        return decimalTick(macs / unit.0) + unit.1
    }

    private func decimalTick(_ value: Double) -> String {
        var text = decimalText(value, decimals: 3)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}
