import ArgumentParser
import Artifacts
import CPUEngine
import Check
import Diagnostics
import Quantize

/// Exported files beside their model, in the runtimes of this machine.
struct ExportCheck {
    let model: Model
    /// Path of the file that the model is from.
    let name: String
    let options: CheckOptions
    private let samples: Samples
    private let source: String

    /// Finds the images, so that nothing is begun without them.
    ///
    /// - Throws: as `CheckOptions.samples(for:named:)`.
    init(_ model: Model, named name: String, options: CheckOptions) throws(ErdeError) {
        self.model = model
        self.name = name
        self.options = options
        (samples, source) = try options.samples(for: model, named: name)
    }

    /// Runs the files.
    ///
    /// - Throws: `ErdeError`; `ExitCode` 130 after Ctrl-C.
    func report(on artifacts: [ExportedArtifact]) throws -> ParityReport {
        Interruption.watch()
        let report = try check(
            artifacts, of: model, named: name, on: samples, from: source,
            tolerance: model.isQuantized ? .int8 : .float32, engine: CPUEngine(), settings: options.settings,
            shouldStop: { Interruption.isRequested }, progress: { Console.standard.note("Running \($0)") })
        guard let report else { throw ExitCode(130) }
        return report
    }

    /// Says by an error that a runtime disagrees, or that there was none.
    ///
    /// - Throws: `ErdeError` of kind `disagreement` or `unavailable`.
    static func conclude(_ report: ParityReport) throws(ErdeError) {
        guard report.hasRun else {
            let packages = Set(report.files.flatMap { $0.runtimes.map(\.package) }).sorted()
            throw ErdeError(
                .unavailable, report.files.map(\.path).joined(separator: ", "), "no runtime was found that runs it",
                remedy: "install one of: \(packages.joined(separator: ", ")), or name another Python with --python")
        }
        guard let file = report.files.first(where: { $0.runtimes.contains { $0.verdict.isDisagreement } }),
            let row = file.runtimes.first(where: { $0.verdict.isDisagreement })
        else { return }
        throw ErdeError(
            .disagreement, file.path,
            row.verdict == .failed
                ? "\(row.runtime) does not run it: \(row.remark ?? "")"
                : "\(row.runtime) answers otherwise than erde" + (row.remark.map { ": \($0)" } ?? ""),
            remedy: "see the table; do not ship the file for this runtime")
    }
}
