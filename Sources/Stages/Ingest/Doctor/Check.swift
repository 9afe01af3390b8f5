package import Artifacts
import DatasetFile
package import Diagnostics

/// Looks at every image of a source as `ingest` would, and writes no dataset.
///
/// - Parameters:
///   - source: a folder, an archive or a list.
///   - withThumbnails: whether examples carry their pixels.
///   - progress: called now and then with the images done and the images in all, on the calling thread; an error that it throws
///     ends the run.
/// - Returns: what was found, and the error that `ingest` with the same options would end with.
/// - Throws: `ErdeError` when there are no labelled images to look at, as `ingest` does; bad images are findings.
package func check(
    source: String, options: IngestOptions = IngestOptions(), withThumbnails: Bool = false,
    progress: (_ done: Int, _ total: Int) throws(ErdeError) -> Void = { _, _ in }
) throws(ErdeError) -> (check: DatasetCheck, refusal: ErdeError?) {
    let start = monotonicSeconds()
    var lenient = options
    lenient.onBadImage = .skip
    var writer: DatasetWriter?
    var examination = try Examination(source: source, options: lenient, progress: progress)
    try examination.run(writer: &writer, progress: progress)
    var check = DatasetCheck(
        source: source, imageCount: examination.imageCount, image: examination.format, classes: examination.classes,
        findings: examination.findings, notes: examination.labelled.notes, warnings: examination.labelled.warnings,
        refusal: nil, seconds: 0)
    var refusal: ErdeError?
    do throws(ErdeError) {
        check.warnings += try examination.packing.checkClasses(examination.labelled, subject: source)
        try examination.packing.badImages.check(options.onBadImage)
    } catch {
        refusal = error
        check.refusal = error.description
    }
    check.warnings += examination.packing.doctor.duplicates.warnings
    if withThumbnails { try Thumbnails.attach(to: &check.findings, of: examination.labelled, options: options) }
    check.seconds = monotonicSeconds() - start
    return (check, refusal)
}
