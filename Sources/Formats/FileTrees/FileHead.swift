package import Artifacts
import Glibc

/// How much of a file is looked at to tell what it is.
package enum FileHead {
    /// Enough for every format's mark; a tar archive has its own at byte 257.
    package static let byteCount = 512

    /// The first bytes of a file; none when it is no file or cannot be read. Never waits for a pipe.
    package static func read(_ path: FileName) -> [UInt8] {
        let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) }
        if descriptor < 0 { return [] }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return [] }
        return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, filled in
            filled = max(0, Glibc.read(descriptor, buffer.baseAddress, byteCount))
        }
    }
}
