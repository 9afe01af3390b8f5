import Artifacts
import Diagnostics
import FoundationEssentials
import Glibc

/// A mapped dataset file whose preamble and description have been checked.
struct DatasetContainer {
    let header: DatasetLayout.Header
    private let path: String
    private let bytes: UnsafeRawBufferPointer
    private let mapping: PixelStore

    init(_ path: String) throws(ErdeError) {
        self.path = path
        mapping = try DatasetContainer.map(path)
        bytes = mapping.bytes
        header = try DatasetContainer.readHeader(bytes, path: path)
        try checkDescription()
    }

    /// The images of a split, their pixels and labels checked.
    func samples(_ split: DatasetSplit) throws(ErdeError) -> Samples {
        let sections = try self.sections(of: split)
        let description = header.description
        let imageCount = description.counts[split] ?? 0
        let (byteCount, overflows) = imageCount.multipliedReportingOverflow(by: description.image.byteCount)
        guard !overflows, sections.pixels.count == byteCount, sections.labels.count == imageCount * 4 else {
            throw damaged("\(split.rawValue) should hold \(imageCount) images")
        }
        guard sections.pixels.offset % DatasetLayout.alignment == 0 else { throw damaged("pixels lie unaligned") }
        let pixels = try checked(sections.pixels, "\(split.rawValue) pixels")
        let labelBytes = try checked(sections.labels, "\(split.rawValue) labels")
        let labels = (0..<imageCount).map {
            Int32(littleEndian: labelBytes.loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self))
        }
        guard labels.allSatisfy({ $0 >= 0 && $0 < description.classNames.count }) else {
            throw damaged("a label is none of the \(description.classNames.count) classes")
        }
        let owner = mapping
        return Samples(
            image: description.image, labels: labels,
            store: PixelStore(bytes: pixels) { withExtendedLifetime(owner) {} })
    }

    /// Where the images of a split came from.
    func sources(_ split: DatasetSplit) throws(ErdeError) -> [String] {
        let section = try checked(try sections(of: split).sources, "\(split.rawValue) sources")
        let count = header.description.counts[split] ?? 0
        let textStart = (count + 1) * 8
        guard section.count >= textStart else { throw damaged("\(split.rawValue) sources are too short") }
        let text = UnsafeRawBufferPointer(rebasing: section[textStart...])
        let ends = (0...count).map {
            Int(truncatingIfNeeded: UInt64(littleEndian: section.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)))
        }
        var sources: [String] = []
        for index in 0..<count {
            guard ends[index] >= 0, ends[index] <= ends[index + 1], ends[index + 1] <= text.count else {
                throw damaged("\(split.rawValue) sources are out of order")
            }
            sources.append(String(decoding: text[ends[index]..<ends[index + 1]], as: UTF8.self))
        }
        return sources
    }

    // MARK: Checks

    private func sections(of split: DatasetSplit) throws(ErdeError) -> DatasetLayout.Split {
        guard let sections = header.splits[split] else { throw damaged("no \(split.rawValue) split") }
        return sections
    }

    /// The bytes of a section, in bounds and with the right checksum.
    private func checked(_ section: DatasetLayout.Section, _ what: String) throws(ErdeError) -> UnsafeRawBufferPointer {
        guard section.offset >= 0, section.count >= 0, section.offset <= bytes.count,
            section.count <= bytes.count - section.offset
        else { throw damaged("\(what) lie outside the file") }
        let content = UnsafeRawBufferPointer(rebasing: bytes[section.offset..<section.offset + section.count])
        guard Checksum.crc32(of: content) == section.crc32 else { throw damaged("the checksum of \(what) is wrong") }
        return content
    }

    private func checkDescription() throws(ErdeError) {
        let description = header.description
        let image = description.image
        guard image.channels == 1 || image.channels == 3, (1...65_536).contains(image.height), (1...65_536).contains(image.width)
        else { throw damaged("images of \(image.channels) x \(image.height) x \(image.width)") }
        guard description.mean.count == image.channels, description.standardDeviation.count == image.channels,
            (description.mean + description.standardDeviation).allSatisfy(\.isFinite),
            description.standardDeviation.allSatisfy({ $0 > 0 })
        else { throw damaged("mean and deviation do not fit \(image.channels) channels") }
        guard description.classNames.count >= 2 else { throw damaged("fewer than two classes") }
        // An image has at least one byte.
        guard DatasetSplit.allCases.allSatisfy({ (0...bytes.count).contains(description.counts[$0] ?? -1) }) else {
            throw damaged("no counts, or more images than bytes")
        }
    }

    private func damaged(_ what: String) -> ErdeError { DatasetContainer.damaged(path, what) }

    private static func damaged(_ path: String, _ what: String) -> ErdeError {
        ErdeError(.badData, path, "damaged dataset: \(what)", remedy: "run `erde ingest` again")
    }

    private static func readHeader(_ bytes: UnsafeRawBufferPointer, path: String) throws(ErdeError) -> DatasetLayout.Header {
        guard bytes.count >= DatasetLayout.magic.count, bytes.prefix(DatasetLayout.magic.count).elementsEqual(DatasetLayout.magic)
        else {
            throw ErdeError(
                .badData, path, "expected a dataset of `erde ingest`, found something else",
                remedy: "make one with `erde ingest SOURCE -o data.erds`")
        }
        guard bytes.count >= DatasetLayout.preambleCount else { throw damaged(path, "truncated to \(bytes.count) bytes") }
        func word(_ offset: Int) -> UInt32 { UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
        func long(_ offset: Int) -> UInt64 { UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
        let version = word(8)
        guard version == DatasetLayout.version else {
            throw ErdeError(
                .badData, path, "dataset version \(version), expected \(DatasetLayout.version)",
                remedy: "run `erde ingest` of this erde (\(erdeVersion)) again")
        }
        let checked = UnsafeRawBufferPointer(rebasing: bytes[..<DatasetLayout.checkedPreambleCount])
        guard Checksum.update(0, with: checked) == word(DatasetLayout.checkedPreambleCount) else {
            throw damaged(path, "the checksum of the first bytes is wrong")
        }
        guard long(16) == UInt64(bytes.count) else {
            throw damaged(path, "\(bytes.count) bytes, expected \(long(16))")
        }
        let (offset, count) = (long(24), long(32))
        guard offset <= UInt64(bytes.count), count <= UInt64(bytes.count) - offset else {
            throw damaged(path, "the description lies outside the file")
        }
        let json = Array(bytes[Int(offset)..<Int(offset + count)])
        guard Checksum.crc32(of: json) == word(12) else { throw damaged(path, "the checksum of the description is wrong") }
        guard let header = try? JSONDecoder().decode(DatasetLayout.Header.self, from: Data(json)) else {
            throw damaged(path, "the description cannot be read")
        }
        return header
    }

    private static func map(_ path: String) throws(ErdeError) -> PixelStore {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            let reason = String(cString: strerror(errno))
            if descriptor >= 0 { close(descriptor) }
            throw ErdeError(
                .notFound, path, "cannot be read: \(reason)", remedy: "make one with `erde ingest SOURCE -o data.erds`")
        }
        defer { close(descriptor) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ErdeError(
                .badData, path, "expected a dataset file, found a folder or a device",
                remedy: "make one with `erde ingest \(shellWord(path)) -o data.erds`")
        }
        let count = Int(status.st_size)
        if count == 0 { return PixelStore([]) }
        guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw ErdeError(.unavailable, path, "cannot be mapped: \(String(cString: strerror(errno)))")
        }
        let place = Int(bitPattern: address)
        return PixelStore(bytes: UnsafeRawBufferPointer(start: address, count: count)) {
            munmap(UnsafeMutableRawPointer(bitPattern: place), count)
        }
    }
}
