import Artifacts
import Diagnostics

/// The progress line of reading images.
struct ReadingProgress {
    private var line = ProgressLine()
    private let start = ContinuousClock.now

    mutating func update(_ done: Int, of total: Int) {
        let rate = Double(done) / max(1e-3, (ContinuousClock.now - start).seconds)
        line.update(
            "reading \(ProgressLine.bar(done, of: total)) \(groupedText(done)) of \(groupedText(total)) images  "
                + "\(groupedText(Int(rate))) images/s")
    }

    mutating func clear() { line.clear() }
}
