import Artifacts
import Diagnostics

/// What runtimes make of exported files, for people.
struct ParityTable {
    let text: String

    init(_ report: ParityReport) {
        let images = "\(groupedText(report.imageCount)) \(noun("image", for: report.imageCount)) of \(report.images)"
        let threads = "\(report.threads) \(noun("thread", for: report.threads))"
        let parts = report.files.map { ParityTable.part($0, largestLogit: report.largestLogit) }
        text = (["\(report.model) on \(images), \(threads)"] + parts).joined(separator: "\n\n")
    }

    private static func part(_ file: FileParity, largestLogit: Double) -> String {
        var table = TextTable([
            "runtime", "version", "precision", "largest difference", "other class", "other exit", "ms, one", "ms, of 128",
            "result",
        ])
        table.add(["erde", erdeVersion, file.precision, "–", "–", "–"] + times(file.milliseconds) + ["–"])
        for row in file.runtimes {
            let title = row.setting.map { "\(row.runtime), \($0)" } ?? row.runtime
            table.add(
                [title, row.version ?? "–", row.precision ?? "–"] + differences(row.difference) + times(row.milliseconds)
                    + [words(row.verdict)])
        }
        let lines = ["\(file.path): \(shape(file))", "", table.text]
        let hasRun = file.runtimes.contains { $0.difference != nil }
        return (lines + (hasRun ? [bounds(file, largestLogit)] : []) + notes(file)).joined(separator: "\n")
    }

    /// What it takes to agree, in the units of the columns.
    private static func bounds(_ file: FileParity, _ largestLogit: Double) -> String {
        let tolerance = file.tolerance
        var bounds = ["a difference of \(scientific(tolerance.logits * largestLogit))"]
        if let classes = tolerance.classes { bounds.append("\(decimalText(100 * classes, decimals: 0)) % in another class") }
        if file.policy != nil { bounds.append("other exits only near a threshold") }
        return "allowed: \(bounds.joined(separator: ", "))"
    }

    /// Difference, classes and exits of a row.
    private static func differences(_ difference: ParityDifference?) -> [String] {
        guard let difference else { return ["–", "–", "–"] }
        var exits = "–"
        if let others = difference.otherExits {
            exits = "\(others)"
            if let near = difference.otherExitsNearThreshold, others > 0 { exits += " (\(near) near)" }
        }
        return [scientific(difference.largest), "\(difference.otherClasses)", exits]
    }

    /// Milliseconds at batch 1 and 128.
    private static func times(_ times: [BatchTime]) -> [String] {
        [1, 128].map { batch in times.first { $0.batch == batch }.map { decimalText($0.milliseconds, decimals: 3) } ?? "–" }
    }

    private static func words(_ verdict: RuntimeParity.Verdict) -> String {
        switch verdict {
        case .agrees: "agrees"
        case .differs: "DIFFERS"
        case .reducedPrecision: "less than float32"
        case .notFound: "not found"
        case .failed: "FAILED"
        }
    }

    /// What the columns have no room for.
    private static func notes(_ file: FileParity) -> [String] {
        var notes: [String] = []
        for row in file.runtimes {
            let note: String?
            switch row.verdict {
            case .notFound:
                let way = row.package == "gcc" ? "install a C compiler, or set CC" : "pip install \(row.package)"
                note = "\(row.runtime): not found\(row.remark.map { ", \($0)" } ?? ""); \(way)"
            default: note = row.remark.map { "\(row.runtime): \($0)" }
            }
            // With another setting it may say the same.
            if let note, !notes.contains(note) { notes.append(note) }
        }
        return notes
    }

    private static func shape(_ file: FileParity) -> String {
        let thresholds = file.policy.map { $0.thresholds.map { decimalText($0, decimals: 4) }.joined(separator: ", ") }
        let leaving = thresholds.map { $0.isEmpty ? "" : ", thresholds \($0)" } ?? ""
        switch file.shape {
        case "all": return "all exits as outputs\(leaving)"
        case "cut": return "cut at exit \(file.exit ?? 0)"
        case "dynamic": return "each image leaves on its own\(leaving)"
        case "stages": return "stages\(leaving)"
        default: return "takes the exits itself\(leaving)"
        }
    }

    /// A number as `3.1e-06`.
    private static func scientific(_ value: Double) -> String {
        guard value > 0, value.isFinite else { return "0" }
        var (digits, exponent) = (value, 0)
        while digits < 1 { (digits, exponent) = (digits * 10, exponent - 1) }
        while digits >= 9.95 { (digits, exponent) = (digits / 10, exponent + 1) }
        return exponent == 0 ? decimalText(digits, decimals: 1) : "\(decimalText(digits, decimals: 1))e\(exponent)"
    }
}
