package import Artifacts
package import Diagnostics
import FoundationEssentials

/// Writes a dataset file from images as they come: training first, then calibration, then test.
///
/// Only labels, sources and one digest an image stay in memory. The file appears under its name when `finish` returns; all
/// methods throw `ErdeError` of kind `cannotWrite`.
package struct DatasetWriter: ~Copyable {
    private struct Pending {
        var pixels = DatasetLayout.Section(offset: 0, count: 0, crc32: 0)
        var labels: [Int32] = []
        var sources: [String] = []
    }

    private let file: AtomicFile
    private let classNames: [String]
    private let image: ImageFormat
    private var fingerprint: ContentFingerprint
    private var splits: [DatasetSplit: Pending] = [:]
    private var current: DatasetSplit?
    private var offset = DatasetLayout.preambleCount

    package init(path: String, classNames: [String], image: ImageFormat) throws(ErdeError) {
        let file = try AtomicFile(path: path)
        let room = [UInt8](repeating: 0, count: DatasetLayout.preambleCount)
        try AtomicFile.withBytes(room) { bytes throws(ErdeError) in try file.write(bytes) }
        self.file = file
        self.classNames = classNames
        self.image = image
        fingerprint = ContentFingerprint(classNames: classNames, image: image)
    }

    /// Begins a split; splits come in the order of `DatasetSplit.allCases`, each once.
    package mutating func begin(_ split: DatasetSplit) throws(ErdeError) {
        precondition(splits.count < DatasetSplit.allCases.count && split == DatasetSplit.allCases[splits.count], "\(split)")
        try pad()
        var pending = Pending()
        pending.pixels.offset = offset
        splits[split] = pending
        current = split
        fingerprint.begin(split)
    }

    /// Appends images to the split begun last.
    ///
    /// - Parameters:
    ///   - pixels: planes `[N, C, H, W]` of as many images as labels.
    ///   - sources: where each image came from.
    ///   - digests: SHA-256 of each image's pixels.
    package mutating func append(
        pixels: UnsafeRawBufferPointer, labels: [Int32], sources: [String], digests: [SHA256.Digest]
    ) throws(ErdeError) {
        guard let split = current, var pending = splits.removeValue(forKey: split) else { preconditionFailure("no split begun") }
        precondition(pixels.count == labels.count * image.byteCount, "\(pixels.count) bytes for \(labels.count) images")
        precondition(sources.count == labels.count && digests.count == labels.count, "\(sources.count) sources")
        pending.pixels.crc32 = Checksum.update(pending.pixels.crc32, with: pixels)
        pending.pixels.count += pixels.count
        pending.labels += labels
        pending.sources += sources
        for (label, digest) in zip(labels, digests) { fingerprint.append(label: label, digest: digest) }
        splits[split] = pending
        try file.write(pixels)
        offset += pixels.count
    }

    /// Writes what is known at the end and makes the file appear.
    ///
    /// - Parameters:
    ///   - description: counts are filled in here.
    ///   - findings: no part of the fingerprint.
    /// - Returns: the fingerprint.
    package consuming func finish(
        _ description: DatasetDescription, findings: DatasetFindings = DatasetFindings()
    ) throws(ErdeError) -> String {
        precondition(splits.count == DatasetSplit.allCases.count, "only \(splits.count) splits")
        precondition(description.classNames == classNames && description.image == image, "another dataset's description")
        var header = DatasetLayout.Header(
            description: description, fingerprint: fingerprint.finalize(), erdeVersion: erdeVersion,
            findings: findings, splits: [:])
        for split in DatasetSplit.allCases {
            let pending = splits[split] ?? Pending()
            header.description.counts[split] = pending.labels.count
            let labels = try writeSection(pending.labels.withUnsafeBytes { Array($0) })
            let sources = try writeSection(DatasetWriter.sourceBytes(pending.sources))
            header.splits[split] = DatasetLayout.Split(pixels: pending.pixels, labels: labels, sources: sources)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(header) else { preconditionFailure("a description that is no JSON: \(header)") }
        let section = try writeSection(Array(json))
        let preamble = DatasetLayout.Preamble(
            headerOffset: section.offset, headerCount: section.count, headerCRC: section.crc32, fileCount: offset)
        try AtomicFile.withBytes(preamble.bytes) { bytes throws(ErdeError) in try file.write(bytes, at: 0) }
        try file.commit()
        return header.fingerprint
    }

    private mutating func writeSection(_ bytes: [UInt8]) throws(ErdeError) -> DatasetLayout.Section {
        try pad()
        let section = DatasetLayout.Section(offset: offset, count: bytes.count, crc32: Checksum.crc32(of: bytes))
        try write(bytes)
        return section
    }

    private mutating func pad() throws(ErdeError) {
        try write([UInt8](repeating: 0, count: DatasetLayout.aligned(offset) - offset))
    }

    private mutating func write(_ bytes: [UInt8]) throws(ErdeError) {
        try AtomicFile.withBytes(bytes) { bytes throws(ErdeError) in try file.write(bytes) }
        offset += bytes.count
    }

    private static func sourceBytes(_ sources: [String]) -> [UInt8] {
        var offsets: [UInt64] = [0]
        var text: [UInt8] = []
        for source in sources {
            text += source.utf8
            offsets.append(UInt64(text.count))
        }
        return offsets.withUnsafeBytes { Array($0) } + text
    }
}
