import Artifacts
import DatasetFile
package import Diagnostics
import Glibc

/// Reads labelled images, brings them to one size, splits them and packs them into a dataset file.
///
/// Sources are recognised by content, in a folder or an archive (see `SourceFormat`). Mean and deviation are those of the
/// training split.
///
/// - Parameters:
///   - source: a folder, an archive or a list.
///   - output: the dataset file; it appears when all is well, and is left alone otherwise.
///   - progress: called now and then with the images done and the images in all, on the calling thread; an error that it throws
///     ends the run, and nothing is written.
/// - Throws: `ErdeError` of kind `usage` for options, `notFound` for a missing source, `badData` for a source that gives no
///   dataset and, unless they are skipped, for bad images; `cannotWrite` for the output.
package func ingest(
    source: String, to output: String, options: IngestOptions = IngestOptions(),
    progress: (_ done: Int, _ total: Int) throws(ErdeError) -> Void = { _, _ in }
) throws(ErdeError) -> IngestReport {
    let start = monotonicSeconds()
    var examination = try Examination(source: source, options: options, progress: progress)
    let format = examination.format
    try checkSpace(at: output, bytes: examination.labelled.imageCount * format.byteCount)
    var writer: DatasetWriter? = try DatasetWriter(path: output, classNames: examination.labelled.classNames, image: format)
    try examination.run(writer: &writer, progress: progress)
    let packing = examination.packing
    var labelled = examination.labelled
    labelled.warnings += try packing.checkClasses(labelled, subject: source)
    labelled.warnings += packing.doctor.duplicates.warnings
    let findings = examination.findings

    var description = DatasetDescription(
        classNames: labelled.classNames, image: format, mean: [], standardDeviation: [], counts: [:],
        source: absolutePath(source), seed: options.seed)
    for channel in 0..<format.channels {
        description.mean.append(Float(packing.statistics.mean(channel: channel)))
        let deviation = packing.statistics.standardDeviation(channel: channel)
        description.standardDeviation.append(deviation == 0 ? 1 : Float(deviation))
    }
    labelled.warnings += packing.statistics.warnings(channels: format.channels)
    for split in DatasetSplit.allCases { description.counts[split] = packing.counts[split, default: []].reduce(0, +) }
    guard let finished = writer.take() else { preconditionFailure("the writer is gone") }
    let fingerprint = try finished.finish(description, findings: findings)

    return IngestReport(
        source: source, sourceKind: labelled.kind, dataset: output, datasetBytes: byteCount(of: output),
        fingerprint: fingerprint, description: description, classes: examination.classes,
        imageCount: examination.imageCount, badImages: packing.badImages.list, otherFileCount: labelled.otherFileCount,
        duplicates: packing.doctor.duplicates.duplicates, findings: findings, notes: labelled.notes,
        warnings: labelled.warnings, seconds: monotonicSeconds() - start)
}

/// Fails before any work when the pixels alone cannot fit.
private func checkSpace(at output: String, bytes: Int) throws(ErdeError) {
    let folder = output.lastIndex(of: "/").map { String(output[...$0]) } ?? "."
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return }
    let (free, overflows) = Int(status.f_bavail).multipliedReportingOverflow(by: Int(status.f_frsize))
    if !overflows && free < bytes {
        throw ErdeError(
            .cannotWrite, output, "needs \(bytes) bytes, \(free) are free",
            remedy: "free disk space or choose another place")
    }
}

private func absolutePath(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
}

private func byteCount(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
}

func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
