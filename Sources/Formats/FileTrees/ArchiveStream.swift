package import Artifacts
import CArchiveStream
package import Diagnostics
import Glibc

/// Reads an archive from its first entry to its last: tar, plain or compressed (gzip, bzip2, xz, Zstandard), and zip.
///
/// Nothing is unpacked to disk. An entry whose name leads out of the archive is refused, and so is an archive that
/// unpacks to more than its limits. Everything throws `ErdeError`: kind `notFound` when the archive cannot be opened,
/// `badData` when it is damaged.
package final class ArchiveStream {
    /// What an entry is, before its bytes.
    package struct Entry {
        /// Relative to the archive's root, without `.` and empty parts.
        package let name: String
        /// The name as the archive has it, which need not be UTF-8; the same parts as `name`.
        package let nameBytes: [UInt8]
        /// Bytes, where the archive says so beforehand.
        package let byteCount: Int?
        package let isFile: Bool
        package let isFolder: Bool
    }

    /// Bytes of a name, as many as systems take, and folders in one another with the file at the end.
    private static let (longestName, mostParts) = (4096, 128)

    package let path: String
    /// Position of the entry that `next` returned last; −1 before the first.
    package private(set) var position = -1
    private let handle: OpaquePointer
    private let limits: ArchiveLimits
    private let unpackedLimit: Int
    /// Bytes of entries that were read.
    private var unpacked = 0
    private var current = ""

    package convenience init(_ path: String, limits: ArchiveLimits = ArchiveLimits()) throws(ErdeError) {
        try self.init(FileName(path), title: path, limits: limits)
    }

    /// - Parameter title: what errors call the archive.
    package init(_ file: FileName, title path: String, limits: ArchiveLimits = ArchiveLimits()) throws(ErdeError) {
        var status = stat()
        guard file.withCString({ stat($0, &status) }) == 0 else {
            throw ErdeError(
                .notFound, path, "cannot be read: \(String(cString: strerror(errno)))", remedy: "check the path and rights")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ErdeError(.badData, path, "expected an archive, found a folder or a device", remedy: "name a file")
        }
        guard let handle = file.withCString({ erde_archive_create($0) }) else {
            preconditionFailure("no memory for an archive reader")
        }
        self.path = path
        self.handle = handle
        self.limits = limits
        unpackedLimit = limits.unpackedBytes(ofArchive: Int(status.st_size))
        if erde_archive_is_open(handle) == 0 { throw damaged() }
    }

    deinit { erde_archive_destroy(handle) }

    /// The next entry, or nil after the last.
    package func next() throws(ErdeError) -> Entry? {
        var entry = erde_archive_entry()
        switch erde_archive_next(handle, &entry) {
        case 0: return nil
        case 1: position += 1
        default: throw damaged()
        }
        if position >= limits.entries {
            throw ErdeError(.badData, path, "more than \(limits.entries) entries", remedy: "split the archive")
        }
        let raw = entry.name.map { name in
            Array(UnsafeRawBufferPointer(start: name, count: strlen(name)))
        }
        let nameBytes = try cleanName(raw ?? [])
        current = FileName(nameBytes).readable
        let byteCount = entry.byte_count < 0 ? nil : Int(clamping: entry.byte_count)
        let decompressed = Int(clamping: erde_archive_decompressed(handle))
        if max(decompressed, unpacked, byteCount ?? 0) > unpackedLimit { throw bomb() }
        return Entry(
            name: String(decoding: nameBytes, as: UTF8.self), nameBytes: nameBytes, byteCount: byteCount,
            isFile: entry.kind == ERDE_ARCHIVE_FILE, isFolder: entry.kind == ERDE_ARCHIVE_FOLDER)
    }

    /// The first bytes of the current entry, at most `count`; `contents` cannot follow.
    package func head(_ count: Int) throws(ErdeError) -> [UInt8] { try read(count).bytes }

    /// All bytes of the current entry.
    ///
    /// - Throws: also when there are more than `limit`.
    package func contents(limit: Int) throws(ErdeError) -> [UInt8] {
        let (bytes, isWhole) = try read(limit)
        if !isWhole {
            throw ErdeError(
                .badData, "\(path)/\(current)", "more than \(limit) bytes", remedy: "check that it is the right file")
        }
        return bytes
    }

    /// All bytes of the current entry if its first 16, or all of fewer, are wanted; else nil.
    ///
    /// - Throws: also when there are more than `limit`.
    package func contents(
        limit: Int, where isWanted: (UnsafeRawBufferPointer) -> Bool
    ) throws(ErdeError) -> [UInt8]? {
        var head: [UInt8] = []
        while head.count < 16 {
            let piece = try readPiece(16 - head.count)
            if piece.isEmpty { break }
            head += piece
        }
        guard head.withUnsafeBytes(isWanted) else { return nil }
        return head.count < 16 ? head : head + (try contents(limit: limit - head.count))
    }

    /// At most `limit` bytes, and whether these are all. Memory grows with what is really there, whatever headers say.
    private func read(_ limit: Int) throws(ErdeError) -> (bytes: [UInt8], isWhole: Bool) {
        var bytes: [UInt8] = []
        while true {
            // One byte beyond the limit tells whether there are more.
            let wanted = min(limit + 1 - bytes.count, max(16 << 10, min(bytes.count, 16 << 20)))
            if wanted == 0 { return (Array(bytes.dropLast()), false) }
            let piece = try readPiece(wanted)
            if piece.isEmpty { return (bytes, true) }
            if bytes.isEmpty { bytes = piece } else { bytes += piece }
        }
    }

    /// The next bytes, at most `wanted`; none at the entry's end.
    private func readPiece(_ wanted: Int) throws(ErdeError) -> [UInt8] {
        var code = 0
        let piece = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            code = Int(erde_archive_read(handle, buffer.baseAddress, wanted))
            filled = max(0, code)
        }
        if code < 0 {
            if reason.contains("Passphrase required") || reason.contains("ncrypt") {
                throw ErdeError(.badData, "\(path)/\(current)", "is encrypted", remedy: "unpack it first")
            }
            throw ErdeError(
                .badData, "\(path)/\(current)", "damaged in the archive\(reason)", remedy: "get the archive again")
        }
        unpacked += piece.count
        if unpacked > unpackedLimit { throw bomb() }
        return piece
    }

    // MARK: Names

    private func cleanName(_ raw: [UInt8]) throws(ErdeError) -> [UInt8] {
        guard !raw.isEmpty else {
            throw ErdeError(.badData, path, "entry \(position + 1) has no name", remedy: "pack the files again")
        }
        let slash = UInt8(ascii: "/")
        let parts = raw.split(separator: slash).filter { !$0.elementsEqual(".".utf8) }
        if raw.first == slash || parts.contains(where: { $0.elementsEqual("..".utf8) }) {
            throw ErdeError(
                .badData, path, "holds \"\(FileName(raw).readable)\", which leads out of the archive",
                remedy: "do not trust it; get it again")
        }
        if raw.count > ArchiveStream.longestName || parts.count > ArchiveStream.mostParts {
            throw ErdeError(
                .badData, path,
                "entry \(position + 1) has a name of \(raw.count) bytes in \(parts.count) parts, more than "
                    + "\(ArchiveStream.longestName) or \(ArchiveStream.mostParts)",
                remedy: "do not trust it; get it again")
        }
        return Array(parts.joined(separator: CollectionOfOne(slash)))
    }

    // MARK: Errors

    private var reason: String { erde_archive_message(handle).map { " (\(String(cString: $0)))" } ?? "" }

    private func damaged() -> ErdeError {
        ErdeError(.badData, path, "damaged or truncated archive\(reason)", remedy: "get it again")
    }

    private func bomb() -> ErdeError {
        ErdeError(
            .badData, path, "unpacks to more than \(unpackedLimit >> 20) MiB, \(limits.expansion) times its size",
            remedy: "unpack it yourself if you trust it")
    }
}
