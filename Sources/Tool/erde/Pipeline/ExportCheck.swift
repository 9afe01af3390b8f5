import ArgumentParser
import Artifacts
import CPUEngine
import Check
import Diagnostics

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
            engine: CPUEngine(), settings: options.settings,
            shouldStop: { Interruption.isRequested }, progress: { Console.standard.note("Running \($0)") })
        guard let report else { throw ExitCode(130) }
        return report
    }

    /// Says by an error which runtimes disagree, or which files none was there to run.
    ///
    /// - Throws: `ErdeError` of kind `disagreement` or `unavailable`.
    static func conclude(_ report: ParityReport) throws(ErdeError) {
        let wrong = report.files.filter { $0.runtimes.contains { $0.verdict.isDisagreement } }
        guard wrong.isEmpty else {
            // With another setting a runtime may say the same.
            var problems: [String] = []
            for row in wrong.flatMap(\.runtimes) where row.verdict.isDisagreement {
                let problem = problem(row)
                if !problems.contains(problem) { problems.append(problem) }
            }
            throw ErdeError(
                .disagreement, paths(wrong), problems.joined(separator: "; "),
                remedy: "see the table; do not ship \(wrong.count == 1 ? "the file" : "the files") for what disagrees")
        }
        let idle = report.filesNotRun
        guard idle.isEmpty else {
            let packages = Set(idle.flatMap { $0.runtimes.map(\.package) }).sorted()
            throw ErdeError(
                .unavailable, paths(idle), "no runtime was found that runs \(idle.count == 1 ? "it" : "them")",
                remedy: "install \(packages.joined(separator: " or ")), or name another Python with --python")
        }
    }

    private static func problem(_ row: RuntimeParity) -> String {
        row.verdict == .failed
            ? "\(row.runtime) does not run it: \(row.remark ?? "")"
            : "\(row.runtime) answers otherwise than erde" + (row.remark.map { ": \($0)" } ?? "")
    }

    private static func paths(_ files: [FileParity]) -> String { files.map(\.path).joined(separator: ", ") }
}
