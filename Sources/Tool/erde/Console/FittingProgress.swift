import Calibrate
import Diagnostics

/// The progress line of fitting thresholds, which Ctrl-C ends where it is watched for.
enum FittingProgress {
    static func show<Result>(_ fit: (FittingRun) throws(ErdeError) -> Result) throws(ErdeError) -> Result {
        var line = ProgressLine()
        defer { line.clear() }
        var run = FittingRun()
        run.shouldStop = { Interruption.isRequested }
        run.report = { share in
            line.update("fitting thresholds \(ProgressLine.bar(Int(100 * share), of: 100)) \(Int(100 * share)) %")
        }
        return try fit(run)
    }
}
