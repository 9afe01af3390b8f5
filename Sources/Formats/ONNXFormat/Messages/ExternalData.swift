import Diagnostics
import Glibc

/// Bytes of a tensor that lie in another file beside the model.
struct ExternalData {
    /// `location`, `offset` and `length` as the file gives them.
    let entries: [String: String]
    /// Where the model lies; nothing outside is read.
    let folder: String
    let subject: String
    let label: String

    private func failure(_ problem: String) -> ErdeError {
        ErdeError(.badData, subject, "\(label) \(problem)", remedy: "keep the model and its data files together")
    }

    /// - Parameter count: how many bytes the tensor's type and extents ask for.
    /// - Throws: `ErdeError` of kind `badData` when the place is outside the folder or has not as many bytes.
    func bytes(count: Int) throws(ErdeError) -> [UInt8] {
        let location = entries["location"] ?? ""
        let parts = location.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.isEmpty, !parts.contains(""), !parts.contains(".."), !location.utf8.contains(0) else {
            throw failure("lies in \"\(printable(location))\", expected a file below the model's folder")
        }
        guard let offset = Int(entries["offset"] ?? "0"), offset >= 0, let length = Int(entries["length"] ?? "\(count)"),
            length == count
        else {
            throw failure("has an offset or length that does not fit its \(count) bytes")
        }
        let path = "\(folder)/\(location)"
        // A link must not lead out of the folder either.
        guard let real = Self.realPath(path), let root = Self.realPath(folder), real.hasPrefix(root == "/" ? "/" : root + "/")
        else {
            throw failure("lies in \(printable(location)), which is not below the model's folder")
        }
        let descriptor = open(real, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure("lies in \(printable(location)), which cannot be read") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, offset <= Int(status.st_size),
            count <= Int(status.st_size) - offset
        else {
            throw failure("needs \(count) bytes from \(offset) on of \(printable(location)), which has not so many")
        }
        var filled = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            while filled < count {
                let got = pread(descriptor, buffer.baseAddress! + filled, count - filled, offset + filled)
                if got < 0 && errno == EINTR { continue }
                if got <= 0 { break }
                filled += got
            }
            written = filled
        }
        guard filled == count else { throw failure("cannot be read from \(printable(location))") }
        return bytes
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
