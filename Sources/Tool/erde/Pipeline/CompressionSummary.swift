import Artifacts

/// The table at the end of `compress`, for someone who has never seen one.
struct CompressionSummary {
    private let report: CalibrationReport
    private let model: String
    private let page: String

    /// - Parameters:
    ///   - model: path of the file that the report is about.
    ///   - page: that of the report.
    init(_ report: CalibrationReport, model: String, page: String) {
        self.report = report
        self.model = model
        self.page = page
    }

    var text: String {
        [models, budgets, note, files].joined(separator: "\n\n")
    }

    /// Without the models.
    var budgetText: String { "\(budgets)\n\n\(files)" }

    private var models: String {
        let showsChanges = report.models.contains { $0.changedExitShare != nil }
        let columns = [
            "model", "network", "test accuracy", "MACs per image", "parameters", "file", "ms, one", "ms, of 128",
            "leave at exit",
        ]
        var table = TextTable(columns + (showsChanges ? ["changed exit"] : []))
        for model in report.models {
            let shares = model.exitSharesAtTarget
            let meanMACs = shares.map { zip($0, model.cumulativeMACs).reduce(0) { $0 + $1.0 * Double($1.1) } }
            let cells = [
                model.name, model.architecture ?? "–",
                (model.testAccuracyAtTarget ?? model.testAccuracyPerExit?.last).map { percentText($0) } ?? "–",
                macsText(meanMACs ?? Double(model.cumulativeMACs.last ?? 0)),
                groupedText(model.parameterCount), model.fileBytes.map(bytesText) ?? "–",
                milliseconds(model.millisecondsPerImageBatch1), milliseconds(model.millisecondsPerImageBatch128),
                shares.map { wholePercentText($0) } ?? "–",
            ]
            table.add(cells + (showsChanges ? [model.changedExitShare.map { percentText($0) } ?? "–"] : []))
        }
        return table.text
    }

    private func milliseconds(_ measurement: TimeMeasurement?) -> String {
        measurement.map { decimalText($0.median, decimals: 3) } ?? "–"
    }

    /// What each budget buys.
    private var budgets: String {
        var table = TextTable(["at a mean budget of", "test accuracy", "mean MACs", "leave at exit", "fewer MACs"])
        let teacherMACs = Double(report.models.first?.cumulativeMACs.last ?? 0)
        for row in report.budgets {
            table.add([
                macsText(row.budgetMACs), percentText(row.testAccuracy.value), macsText(row.testMeanMACs.value),
                wholePercentText(row.exitShares),
                decimalText(teacherMACs / max(1, row.testMeanMACs.value), decimals: 1) + "x",
            ])
        }
        guard let saturation = report.saturation else { return table.text }
        return table.text
            + "\n\nBudgets above \(macsText(saturation)) buy nothing more: by the calibration images, no thresholds that let "
            + "more be spent can be expected to do better."
    }

    private var note: String {
        "Thresholds were fitted on the calibration images and are stored in the file; accuracy is measured on the test images. "
            + "Rows with exits count the early exits at \(report.shownName); ms is per image at full depth on this machine, one "
            + "at a time and 128 at a time."
    }

    private var files: String { "model   \(model)\nreport  \(page)" }
}
