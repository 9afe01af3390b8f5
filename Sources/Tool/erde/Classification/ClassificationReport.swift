import Artifacts
import Classify
import Diagnostics

/// What is said on stderr while images are classified, and at the end.
struct ClassificationReport {
    private var line = ProgressLine()
    private let start = ContinuousClock.now
    private let metadata: ModelMetadata
    private var done = 0

    init(metadata: ModelMetadata) { self.metadata = metadata }

    /// Names a file that could not be answered.
    mutating func warn(_ error: ErdeError) {
        line.clear()
        Console.standard.warn(error.description)
    }

    /// One more file is done with.
    mutating func count() {
        done += 1
        let (done, start) = (done, start)
        line.update(
            "classifying  \(groupedText(done)) images  \(ClassificationReport.rate(done, since: start)) images/s")
    }

    /// Ends with the sum of it all.
    mutating func close(_ summary: ClassificationSummary) {
        line.clear()
        let seconds = (ContinuousClock.now - start).seconds
        var text =
            "\(groupedText(summary.answered)) \(noun("image", for: summary.answered)) in \(decimalText(seconds, decimals: 1)) s "
            + "(\(ClassificationReport.rate(summary.answered, since: start)) images/s)"
        if summary.answered > 0 {
            text +=
                ", \(macsText(summary.meanMACs)) per image, leaving at exit "
                + summary.exitShares.enumerated().map { "\($0 + 1): \(percentText($1))" }.joined(separator: ", ")
        }
        if summary.bad > 0 { text += "; \(groupedText(summary.bad)) bad \(noun("file", for: summary.bad))" }
        if summary.brokenOff > 0 { text += "; \(groupedText(summary.brokenOff)) not read to the end" }
        Console.standard.note(text)
    }

    private static func rate(_ count: Int, since start: ContinuousClock.Instant) -> String {
        groupedText(Int(Double(count) / max(1e-3, (ContinuousClock.now - start).seconds)))
    }
}
