package import Artifacts
package import Diagnostics
package import Execution
import Images
import Inference

/// Classifies image files and folders with the exits really taken; decoding runs beside inference.
///
/// Resizing and normalisation come from the model alone.
///
/// - Parameters:
///   - paths: files, and folders that are searched recursively.
///   - policy: when images leave.
///   - batchSize: the most images that run through the network at once.
///   - visit: called for every file, in the order of the paths and by name within a folder, with the files done and all.
/// - Throws: `ErdeError` of kind `notFound` for a missing path or when there is no image at all; whatever `visit` throws.
package func classify(
    _ paths: [String], with model: Model, policy: ExitPolicy, engine: any Engine, options: CompilationOptions,
    batchSize: Int = 128, visit: (ClassifiedImage, _ done: Int, _ total: Int) throws(ErdeError) -> Void
) throws(ErdeError) -> ClassificationSummary {
    let files = try ImageFileFinder.find(in: paths)
    guard !files.isEmpty else {
        throw ErdeError(
            .notFound, paths.joined(separator: ", "), "holds no PNG or JPEG image", remedy: "name a folder with images")
    }
    let classifier = try EarlyExitClassifier(
        model: model, policy: policy, engine: engine, options: options, batchSize: batchSize)
    var summary = ClassificationSummary(exits: model.exitCount)
    // Many batches at once fill those of the deep segments; large images are taken in fewer, to bound the memory.
    let batches = max(2, min(8, (64 << 20) / (4 * model.metadata.image.byteCount * batchSize)))
    let chunks = ChunkPrefetcher(files, format: model.metadata.image, chunkSize: batches * batchSize)
    chunks.start(0)
    for chunk in 0..<chunks.chunkCount {
        let decoded = chunks.take(chunk)
        chunks.start(chunk + 1)
        let good = decoded.failures.count { $0 == nil }
        var answers = try classifier.classify(decoded.floats, count: good).makeIterator()
        for (position, index) in chunks.range(chunk).enumerated() {
            let result: Result<Classification, ErdeError> =
                if let failure = decoded.failures[position] { .failure(failure) } else { .success(answers.next()!) }
            let image = ClassifiedImage(path: files[index], result: result)
            summary.count(image)
            try visit(image, index + 1, files.count)
        }
    }
    return summary
}
