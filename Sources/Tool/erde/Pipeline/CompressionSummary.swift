import Artifacts

/// The table at the end of `compress`, for someone who has never seen one.
struct CompressionSummary {
    private let report: CalibrationReport
    private let folder: String

    init(_ report: CalibrationReport, folder: String) {
        self.report = report
        self.folder = folder
    }

    var text: String {
        [models, budgets, note, files].compactMap { $0 }.joined(separator: "\n\n")
    }

    private var models: String {
        var table = TextTable(["model", "network", "test accuracy", "MACs per image", "parameters", "file", "ms/image"])
        for model in report.models {
            let atTarget = model.name == "student" ? report.target : nil
            table.add([
                model.name, model.architecture ?? "–",
                atTarget.map { percentText($0.testAccuracy.value) }
                    ?? model.testAccuracyPerExit?.last.map { percentText($0) } ?? "–",
                macsText(atTarget?.testMeanMACs.value ?? Double(model.cumulativeMACs.last ?? 0)),
                groupedText(model.parameterCount), model.fileBytes.map(bytesText) ?? "–",
                model.millisecondsPerImageBatch128.map { decimalText($0.median, decimals: 3) } ?? "–",
            ])
        }
        return table.text
    }

    /// What each budget buys.
    var budgets: String {
        var table = TextTable(["student at a budget of", "test accuracy", "mean MACs", "leave at exit", "fewer MACs"])
        let teacherMACs = Double(report.models.first?.cumulativeMACs.last ?? 0)
        for row in report.budgets {
            table.add([
                macsText(row.budgetMACs), percentText(row.testAccuracy.value), macsText(row.testMeanMACs.value),
                row.exitShares.map { decimalText(100 * $0, decimals: 0) }.joined(separator: " / ") + " %",
                decimalText(teacherMACs / max(1, row.testMeanMACs.value), decimals: 1) + "x",
            ])
        }
        return table.text
    }

    private var note: String {
        "Thresholds were fitted on the calibration images and are stored in the file; accuracy is measured on the test images. "
            + "The student's row counts its early exits at the target; ms/image is full depth, 128 at a time, on this machine."
    }

    private var files: String { "model   \(folder)/student.pb\nreport  \(folder)/report/index.html" }
}
