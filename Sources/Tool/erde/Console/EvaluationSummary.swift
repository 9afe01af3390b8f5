import Artifacts
import Diagnostics

/// What `evaluate` prints.
struct EvaluationSummary {
    private let report: EvaluationReport

    init(_ report: EvaluationReport) { self.report = report }

    var text: String {
        var exits = TextTable(["exit", "MACs", "accuracy of all images", "calibration error"])
        for (exit, macs) in report.cumulativeMACs.enumerated() {
            exits.add([
                "\(exit + 1)", macsText(Double(macs)), percentText(report.accuracyPerExit[exit]),
                percentText(report.expectedCalibrationErrorPerExit[exit]),
            ])
        }
        var settings = TextTable(["leaving by", "accuracy", "95 % interval", "mean MACs", "leave at exit"])
        for setting in report.settings {
            let (low, high) = (setting.accuracy.low, setting.accuracy.high)
            settings.add([
                name(setting), percentText(setting.accuracy.value),
                "\(decimalText(100 * low, decimals: 2))–\(decimalText(100 * high, decimals: 2))",
                macsText(setting.meanMACs.value),
                setting.exitShares.map { decimalText(100 * $0, decimals: 1) }.joined(separator: " / ") + " %",
            ])
        }
        let images = "\(groupedText(report.imageCount)) \(report.split.rawValue) \(noun("image", for: report.imageCount))"
        return "\(report.model) on \(images)\n\n"
            + exits.text + "\n\n" + settings.text + classes
    }

    /// What becomes of each class at the largest budget, else under the thresholds that were asked for.
    private var classes: String {
        guard let setting = report.settings.last(where: { $0.budgetMACs != nil }) ?? report.settings.last else { return "" }
        let table = ClassTable(setting.confusion, names: report.classNames)
        return "\n\n\(table.title) (\(name(setting))):\n\n\(table.text)"
    }

    private func name(_ setting: EvaluationReport.Setting) -> String {
        if let budget = setting.budgetMACs { return "budget \(macsText(budget))" }
        if setting.thresholds.allSatisfy({ $0 == 0 }) { return "full depth" }
        return "threshold \(decimalText(setting.thresholds[0], decimals: 3))"
    }
}
