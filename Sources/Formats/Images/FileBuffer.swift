import Artifacts
import Glibc

/// Memory for the bytes of one file after the other.
struct FileBuffer: ~Copyable {
    private static let keptBytes = 16 << 20

    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    deinit { memory.deallocate() }

    /// The bytes of a file, valid until the next call.
    ///
    /// - Throws: `ImageFault` of kind `unreadable` when it cannot be read, `tooLarge` when it has more than `limit` bytes.
    mutating func read(_ path: FileName, limit: Int) throws(ImageFault) -> UnsafeRawBufferPointer {
        // Opening a pipe would wait for somebody who writes into it.
        let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) }
        if descriptor < 0 { throw FileBuffer.failure(path) }
        defer { close(descriptor) }
        var status = stat()
        if fstat(descriptor, &status) != 0 { throw FileBuffer.failure(path) }
        if status.st_mode & S_IFMT != S_IFREG {
            throw ImageFault(
                .unreadable, path.readable, "expected a file, found \(FileKind.words(status.st_mode))",
                remedy: "name image files")
        }
        let size = Int(status.st_size)
        if size > limit {
            throw ImageFault.tooManyBytes(size, of: path.readable, limit: limit)
        }
        if memory.count < size || memory.baseAddress == nil {
            memory.deallocate()
            memory = .allocate(byteCount: max(size, 64 << 10), alignment: 16)
        } else if memory.count > FileBuffer.keptBytes && size <= FileBuffer.keptBytes {
            // One large file does not hold its memory for all that follow.
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

    private static func failure(_ path: FileName) -> ImageFault {
        let reason = String(cString: strerror(errno))
        return ImageFault(.unreadable, path.readable, "cannot be read: \(reason)", remedy: "check the path and rights")
    }
}
