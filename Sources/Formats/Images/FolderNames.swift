package import Artifacts
package import Diagnostics
import Glibc

/// The names in one folder, sorted by their bytes, in as little memory as they need.
package struct FolderNames: Sendable {
    /// What a name stands for; symbolic links count as what they point at.
    package enum Kind: UInt8, Sendable {
        case file
        case folder
        /// A pipe, a socket, a device, or a link to nothing.
        case other
    }

    private struct Entry: Sendable {
        let start: UInt32
        let count: UInt16
        let kind: Kind
    }

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []

    /// Names that begin with a dot are left out.
    ///
    /// - Throws: `ErdeError` of kind `notFound` when the folder cannot be read.
    package init(of folder: FileName) throws(ErdeError) {
        guard let stream = folder.withCString({ opendir($0) }) else {
            throw ErdeError(
                .notFound, folder.readable, "cannot be read: \(String(cString: strerror(errno)))",
                remedy: "check the path and rights")
        }
        defer { closedir(stream) }
        while true {
            // Nil is the end as well as a failure.
            errno = 0
            guard let entry = readdir(stream) else {
                if errno == 0 { break }
                throw ErdeError(
                    .notFound, folder.readable, "cannot be read to its end: \(String(cString: strerror(errno)))",
                    remedy: "check the disk")
            }
            let type = Int(entry.pointee.d_type)
            withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                let name = raw.prefix { $0 != 0 }
                if name.first == UInt8(ascii: ".") { return }
                let kind: Kind =
                    switch type {
                    case Int(DT_DIR): .folder
                    case Int(DT_REG): .file
                    default: FolderNames.kind(raw.assumingMemoryBound(to: CChar.self).baseAddress!, in: dirfd(stream))
                    }
                entries.append(Entry(start: UInt32(bytes.count), count: UInt16(name.count), kind: kind))
                bytes += name
            }
        }
        bytes.withUnsafeBytes { bytes in
            entries.sort { first, second in
                let common = Int(min(first.count, second.count))
                let start = bytes.baseAddress!
                let order = memcmp(start + Int(first.start), start + Int(second.start), common)
                return order < 0 || order == 0 && first.count < second.count
            }
        }
    }

    private static func kind(_ name: UnsafePointer<CChar>, in folder: Int32) -> Kind {
        var status = stat()
        guard fstatat(folder, name, &status, 0) == 0 else { return .other }
        return switch status.st_mode & S_IFMT {
        case S_IFDIR: .folder
        case S_IFREG: .file
        default: .other
        }
    }

    package var count: Int { entries.count }

    package subscript(index: Int) -> (name: ArraySlice<UInt8>, kind: Kind) {
        let entry = entries[index]
        return (bytes[Int(entry.start)..<Int(entry.start) + Int(entry.count)], entry.kind)
    }
}
