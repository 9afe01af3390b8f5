package import Artifacts
package import Diagnostics
package import Execution
import Inference

/// Classifies images with the exits really taken: threads read and decode, others run the network, this one answers.
///
/// Batches are formed from what is ready. What stays after an exit waits until it fills a batch, so that batches are
/// part-filled only at the end, when no images come, and when an image has waited so long that the window is full. Resizing
/// and normalisation come from the model alone. Memory does not grow with the number of images, but for what their source
/// remembers: `WatchedImages` keeps a print of each image that it has seen.
///
/// - Parameters:
///   - policy: when images leave.
///   - visit: called with every image, answered or not, in the order of the source.
///   - pause: called when all images read so far are answered and none are ready.
/// - Throws: `ErdeError` of kind `badData` when thresholds or variables do not fit the model; that of the engine; whatever
///   `visit` and `pause` throw.
package func classify(
    _ source: sending any ImageSource, with model: Model, policy: ExitPolicy, engine: any Engine,
    options: CompilationOptions, settings: ClassificationSettings = ClassificationSettings(),
    visit: (ClassifiedImage) throws(ErdeError) -> Void, pause: () throws(ErdeError) -> Void = {}
) throws(ErdeError) -> ClassificationSummary {
    let network = try EarlyExitNetwork(model: model, policy: policy)
    let image = model.metadata.image
    let decoding = DecodingLine(
        source: source, format: image, limits: settings.limits, runLength: settings.runLength(image),
        workers: settings.decoders, waitingRuns: settings.waitingRuns(image),
        unfinishedRuns: settings.unfinishedRuns(image, classes: model.metadata.classNames.count))
    let inference = InferenceLine(
        decoding, network: network, engine: engine, options: options,
        workers: settings.workers(threads: engine.threads(for: options)), patience: settings.patience)
    defer {
        decoding.stop()
        inference.stop()
    }
    var summary = ClassificationSummary(exits: model.exitCount)
    var hasNews = false
    while true {
        switch try inference.take(waits: !hasNews) {
        case .images(let images):
            decoding.finish()
            for image in images {
                summary.count(image)
                try visit(image)
            }
            hasNews = true
        case .idle:
            try pause()
            hasNews = false
        case .end:
            return summary
        }
    }
}
