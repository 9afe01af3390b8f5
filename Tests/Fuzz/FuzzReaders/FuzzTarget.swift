import ArrayFiles
import Artifacts
import DatasetFile
import Diagnostics
import FileTrees
import Foundation
import Images

/// A reader of bytes that are not trusted. It may refuse whatever it is given; it may not crash, hang or eat memory.
enum FuzzTarget: String, CaseIterable {
    case png
    case jpeg
    case archive
    case mat
    case pickle
    case idx
    case dataset
    case list

    /// Reads bytes as a file of this kind.
    func read(_ bytes: [UInt8]) {
        switch self {
        case .png, .jpeg: FuzzTarget.decode(bytes)
        case .archive: FuzzTarget.withFile(bytes) { FuzzTarget.readArchive(FileName($0)) }
        case .mat: _ = try? MATFile.arrays(["X", "y"], in: bytes, limit: 1 << 22, name: "fuzz")
        case .pickle: _ = try? PickleReader.read(bytes, limits: PickleLimits(values: 100_000), name: "fuzz")
        case .idx: for rank in 1...4 { _ = try? IDXFile(bytes, name: "fuzz", rank: rank).elements.count }
        case .dataset: FuzzTarget.withFile(FuzzTarget.signed(bytes)) { FuzzTarget.readDataset($0) }
        case .list: FuzzTarget.withFile(bytes) { FuzzTarget.readList($0) }
        }
    }

    private static func decode(_ bytes: [UInt8]) {
        let limits = ImageLimits(fileBytes: 1 << 20, side: 4096, pixels: 1 << 20)
        let formats = [
            ImageFormat(channels: 1, height: 7, width: 5),
            ImageFormat(channels: 3, height: 32, width: 32, resizing: .centerCrop),
        ]
        for format in formats { _ = try? ImageDecoder.decode(bytes, name: "fuzz", format: format, limits: limits) }
        bytes.withUnsafeBytes { bytes in
            let decoder = ImageDecoder(limits: limits)
            let header = try? decoder.header(of: bytes, name: "fuzz")
            guard let image = try? decoder.decode(bytes, name: "fuzz") else { return }
            precondition(
                header == ImageHeader(width: image.width, height: image.height, channels: image.channels),
                "the header is not that of the image")
        }
    }

    private static func readArchive(_ path: FileName) {
        let limits = ArchiveLimits(entries: 1000, freeBytes: 1 << 22)
        if let stream = try? ArchiveStream(path, title: "fuzz", limits: limits) {
            while let entry = try? stream.next() {
                precondition(!entry.name.hasPrefix("/") && !entry.name.split(separator: "/").contains(".."), entry.name)
                _ = try? stream.contents(limit: 1 << 20, where: { ImageContent(of: $0).isDecodable })
            }
        }
        guard let tree = try? ArchiveTree(path.text, limits: limits), let found = try? tree.images(under: "") else { return }
        for image in found.images.prefix(20) { _ = try? tree.contents(of: image, limit: 1 << 20) }
    }

    private static func readDataset(_ path: String) {
        _ = try? DatasetReader.describe(path)
        _ = try? DatasetReader.findings(in: path)
        for split in DatasetSplit.allCases { _ = try? DatasetReader.sources(of: split, in: path) }
        guard let dataset = try? DatasetReader.open(path) else { return }
        var sum = 0
        for split in [dataset.train, dataset.calibration, dataset.test] {
            for index in 0..<split.count { split.withPixels(at: index) { sum &+= $0.reduce(0) { $0 &+ Int($1) } } }
        }
    }

    private static func readList(_ path: String) {
        for separator in [ListReader.Separator.newline, .zero] {
            let descriptor = open(path, O_RDONLY)
            defer { close(descriptor) }
            var reader = ListReader(descriptor: descriptor, title: "fuzz", separator: separator)
            while let step = try? reader.next(waiting: 0), case .name(let name) = step {
                precondition(!name.isEmpty && FileName(name.bytes) == name)
                precondition(!name.readable.utf8.contains { $0 < 0x20 }, name.readable)
            }
        }
    }

    // MARK: Files

    /// Lends bytes as a file that is in no folder.
    private static func withFile(_ bytes: [UInt8], _ body: (String) -> Void) {
        var name = Array("/dev/shm/erde-fuzz-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        unlink(name)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, $0.count - written) }
            if count <= 0 { return }
            written += count
        }
        body("/proc/self/fd/\(descriptor)")
    }

    /// A dataset whose checksums and length are right, so that what is behind them is reached.
    private static func signed(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 64 else { return bytes }
        var bytes = bytes
        func long(_ place: Int) -> Int { bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | Int($1) } }
        func set(_ value: UInt64, _ count: Int, at place: Int) {
            for byte in 0..<count { bytes[place + byte] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(byte))) }
        }
        set(UInt64(bytes.count), 8, at: 16)
        let (offset, count) = (long(24), long(32))
        if offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset {
            set(UInt64(crc32(bytes[offset..<offset + count])), 4, at: 12)
        }
        set(UInt64(crc32(bytes[..<40])), 4, at: 40)
        return bytes
    }

    private static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { word, _ in word & 1 == 1 ? word >> 1 ^ 0xEDB8_8320 : word >> 1 }
        }
    }
}
