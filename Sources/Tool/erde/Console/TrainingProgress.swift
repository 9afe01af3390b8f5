import Artifacts
import Training

/// Shows a training run: a live line for steps, a line per epoch.
final class TrainingProgress {
    private var line = ProgressLine()
    private let console = Console.standard
    /// The warnings of the run, for the report.
    private(set) var warnings: [String] = []
    /// The newest epoch's share of images that each teacher exit gets wrong.
    private(set) var teacherErrorPerExit: [Double] = []

    func show(_ event: TrainingEvent) {
        switch event {
        case .started(let step, let steps, let epochs):
            teacherErrorPerExit = epochs.last?.teacherErrorPerExit ?? []
            if step > 0 { console.note("Going on at step \(groupedText(step)) of \(groupedText(steps))") }
        case .step(let progress):
            line.update(text(progress))
        case .epoch(let summary):
            line.clear()
            teacherErrorPerExit = summary.teacherErrorPerExit
            console.note(text(summary))
            if let rows = summary.ensembleWeights, let entropies = summary.ensembleEntropies {
                console.detail(text(rows, entropies))
            }
        case .checkpoint(let path):
            console.detail("checkpoint in \(path)")
        case .warning(let warning):
            line.clear()
            warnings.append(warning)
            console.warn(warning)
        }
    }

    private func text(_ rows: [[Double]], _ entropies: [Double]) -> String {
        let ensembles = zip(rows, entropies).enumerated().map { exit, ensemble in
            let weights = ensemble.0.map { decimalText($0, decimals: 2) }.joined(separator: " ")
            return "exit \(exit + 1): \(weights), entropy \(decimalText(ensemble.1, decimals: 3))"
        }
        return "ensemble weights  \(ensembles.joined(separator: "  "))"
    }

    private func text(_ progress: StepProgress) -> String {
        "epoch \(progress.epoch)/\(progress.epochs) \(ProgressLine.bar(progress.step, of: progress.stepsPerEpoch)) "
            + "loss \(decimalText(progress.loss, decimals: 3))  \(Int(progress.imagesPerSecond)) images/s  "
            + "\(ProgressLine.duration(progress.secondsLeft)) left"
    }

    private func text(_ summary: EpochSummary) -> String {
        var text = "epoch \(summary.epoch)/\(summary.epochs)  loss \(decimalText(summary.loss, decimals: 3))"
        if !summary.calibrationAccuracyPerExit.isEmpty {
            text += "  calibration accuracy \(percentText(summary.calibrationAccuracyPerExit))"
        }
        if !summary.teacherErrorPerExit.isEmpty {
            text += "  teacher wrong on \(percentText(summary.teacherErrorPerExit))"
        }
        return text + "  \(Int(summary.imagesPerSecond)) images/s  \(ProgressLine.duration(summary.seconds))"
    }
}
