package import Artifacts
package import Diagnostics
import Dispatch
package import Execution
import Inference

/// Classifies images with the exits really taken: threads read and decode, while this one runs the network and answers.
///
/// Batches are formed from what is ready. What stays after an exit waits until it fills a batch, so that batches are
/// part-filled only at the end, when no images come, and when an image has waited so long that the window is full. Resizing
/// and normalisation come from the model alone. Memory does not grow with the number of images.
///
/// - Parameters:
///   - policy: when images leave.
///   - visit: called with every image, answered or not, in the order of the source.
///   - pause: called when all images read so far are answered and none are ready.
/// - Throws: `ErdeError` of the engine; whatever `visit` and `pause` throw.
package func classify(
    _ source: sending any ImageSource, with model: Model, policy: ExitPolicy, engine: any Engine,
    options: CompilationOptions, settings: ClassificationSettings = ClassificationSettings(),
    visit: (ClassifiedImage) throws(ErdeError) -> Void, pause: () throws(ErdeError) -> Void = {}
) throws(ErdeError) -> ClassificationSummary {
    let classifier = try EarlyExitClassifier(
        model: model, policy: policy, engine: engine, options: options, batchSize: settings.batchSize)
    let image = model.metadata.image
    let unfinishedRuns = settings.unfinishedRuns(image, classes: model.metadata.classNames.count)
    let line = DecodingLine(
        source: source, format: image, limits: settings.limits, runLength: settings.runLength(image),
        workers: settings.decoders, waitingRuns: settings.waitingRuns(image), unfinishedRuns: unfinishedRuns)
    defer { line.stop() }
    var summary = ClassificationSummary(exits: model.exitCount)
    var window = AnswerWindow(runLength: line.runLength)
    func deliver() throws(ErdeError) {
        while let images = window.next() {
            line.finish()
            for image in images {
                summary.count(image)
                try visit(image)
            }
        }
    }
    while true {
        switch line.take(waiting: .milliseconds(settings.patienceMilliseconds)) {
        case .run(let run):
            let positions = window.insert(run)
            let failure = run.pixels.withUnsafeBytes { pixels -> ErdeError? in
                do throws(ErdeError) {
                    try classifier.add(pixels, positions: positions) { window.answer($0, $1) }
                    return nil
                } catch {
                    return error
                }
            }
            if let failure { throw failure }
            try deliver()
            // No further run can come before the first of these is finished.
            if window.count >= unfinishedRuns {
                try classifier.finish { window.answer($0, $1) }
                try deliver()
            }
        case .idle:
            if classifier.waitingCount > 0 {
                try classifier.finish { window.answer($0, $1) }
                try deliver()
            }
            try pause()
        case .end:
            try classifier.finish { window.answer($0, $1) }
            try deliver()
            return summary
        }
    }
}
