import Diagnostics
import Glibc

/// Memory for the bytes of one file after the other.
struct FileBuffer: ~Copyable {
    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    deinit { memory.deallocate() }

    /// The bytes of a file, valid until the next call.
    ///
    /// - Throws: `ErdeError` of kind `notFound` when it cannot be read, `badData` when it has more than `limit` bytes.
    mutating func read(_ path: String, limit: Int) throws(ErdeError) -> UnsafeRawBufferPointer {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw FileBuffer.failure(path) }
        defer { close(descriptor) }
        var status = stat()
        if fstat(descriptor, &status) != 0 { throw FileBuffer.failure(path) }
        if status.st_mode & S_IFMT != S_IFREG {
            throw ErdeError(.notFound, path, "expected a file, found a folder or a device", remedy: "name image files")
        }
        let size = Int(status.st_size)
        if size > limit {
            throw ErdeError(.badData, path, "\(size) bytes, more than \(limit)", remedy: "remove it or raise the limit")
        }
        if memory.count < size || memory.baseAddress == nil {
            memory.deallocate()
            memory = .allocate(byteCount: max(size, 64 << 10), alignment: 16)
        }
        var filled = 0
        while filled < size {
            let count = Glibc.read(descriptor, memory.baseAddress! + filled, size - filled)
            if count < 0 {
                if errno == EINTR { continue }
                throw FileBuffer.failure(path)
            }
            if count == 0 { break }
            filled += count
        }
        return UnsafeRawBufferPointer(rebasing: memory[..<filled])
    }

    private static func failure(_ path: String) -> ErdeError {
        ErdeError(.notFound, path, "cannot be read: \(String(cString: strerror(errno)))", remedy: "check the path and rights")
    }
}
