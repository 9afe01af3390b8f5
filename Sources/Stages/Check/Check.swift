package import Artifacts
package import Diagnostics
package import Execution
import Inference

/// Runs exported files in the runtimes that this machine has and compares them with the model they were made from.
///
/// - Parameters:
///   - samples: the images, at least one; `source` says where they are from.
///   - shouldStop: whether the person wants no answer any more.
///   - progress: called with what is run next.
/// - Returns: nil when it was stopped.
/// - Throws: `ErdeError` of kind `unavailable` when Python is needed and cannot be started, `cannotWrite` when there is no room
///   for the exchange with runtimes. Whatever a runtime does wrong is in the report.
package func check(
    _ artifacts: [ExportedArtifact], of model: Model, named name: String, on samples: Samples, from source: String,
    engine: any Engine, settings: CheckSettings, shouldStop: @escaping @Sendable () -> Bool,
    progress: (String) -> Void
) throws(ErdeError) -> ParityReport? {
    let own = try OwnAnswers(model, samples, engine: engine, settings: settings)
    var processes = try RunnerProcesses(own, image: model.metadata.image, settings: settings, shouldStop: shouldStop)
    var files: [FileParity] = []
    for artifact in artifacts {
        var parity = ArtifactParity(artifact, model: model, own: own)
        for runtime in Runtime.all(for: artifact.format) {
            for setting in runtime.settings {
                if shouldStop() { return nil }
                progress("\(artifact.path) in \(runtime.title)\(setting.text.map { ", \($0)" } ?? "")")
                let attempt = try processes.run(artifact, in: runtime, setting, policy: parity.givenPolicy)
                if case .interrupted = attempt { return nil }
                parity.add(attempt, runtime, setting)
                // What is not there is not there with another setting either.
                if case .notFound = attempt { break }
            }
        }
        files.append(try parity.report())
    }
    return ParityReport(
        model: name, images: source, imageCount: own.logits.count, threads: settings.threads, largestLogit: own.scale,
        files: files)
}
