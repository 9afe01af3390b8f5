package import Diagnostics
import Glibc

/// A file that appears under its name only when it is complete: written beside it, synchronised, renamed.
package struct AtomicFile: ~Copyable {
    private let path: String
    /// Where the bytes are until `commit`, for those who read them back first.
    package let temporaryPath: String
    private var descriptor: Int32

    /// Opens a temporary file in the folder of `path`, or in that of the file it leads to as a link.
    ///
    /// - Throws: `ErdeError` of kind `cannotWrite`, as do all methods.
    package init(path: String) throws(ErdeError) { try self.init(resolved: try OutputPath.resolved(path)) }

    private init(resolved path: String) throws(ErdeError) {
        self.path = path
        var name = "\(path).\(getpid()).partial"
        var opened = AtomicFile.create(name)
        var number = 0
        // Another file of this process may have the name, or one that a process of the same number left.
        while opened < 0, errno == EEXIST, number < 1000 {
            number += 1
            name = "\(path).\(getpid()).\(number).partial"
            opened = AtomicFile.create(name)
        }
        temporaryPath = name
        descriptor = opened
        if descriptor < 0 { throw AtomicFile.failure(path) }
    }

    /// Opens a file that was not there, not even as a link.
    private static func create(_ path: String) -> Int32 {
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    }

    deinit {
        if descriptor >= 0 {
            close(descriptor)
            unlink(temporaryPath)
        }
    }

    /// Appends bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(ErdeError) {
        var rest = bytes
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                throw AtomicFile.failure(path)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    /// Replaces bytes written before.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ErdeError) {
        var rest = bytes
        var place = offset
        while !rest.isEmpty {
            let written = pwrite(descriptor, rest.baseAddress, rest.count, off_t(place))
            if written < 0 {
                if errno == EINTR { continue }
                throw AtomicFile.failure(path)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            place += written
        }
    }

    /// Makes the file appear under its name.
    package consuming func commit() throws(ErdeError) {
        guard fsync(descriptor) == 0 else { throw AtomicFile.failure(path) }
        // Where closing fails the descriptor is gone too, and its number may soon be another file's.
        let status = close(descriptor)
        descriptor = -1
        guard status == 0, rename(temporaryPath, path) == 0 else {
            let error = AtomicFile.failure(path)
            unlink(temporaryPath)
            throw error
        }
    }

    /// Writes a whole file in one call.
    package static func write(_ bytes: some Collection<UInt8>, to path: String) throws(ErdeError) {
        let file = try AtomicFile(path: path)
        try withBytes(Array(bytes)) { buffer throws(ErdeError) in try file.write(buffer) }
        try file.commit()
    }

    /// Lends the bytes of an array to a body that throws `ErdeError`, which the standard library's method would widen.
    package static func withBytes(
        _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(ErdeError) -> Void
    ) throws(ErdeError) {
        var failure: ErdeError?
        bytes.withUnsafeBytes { buffer in
            do throws(ErdeError) { try body(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private static func failure(_ path: String) -> ErdeError {
        let code = errno
        let remedy =
            switch code {
            case ENOSPC, EDQUOT: "free disk space and run again"
            case ENOENT where access(OutputPath.folder(of: path), F_OK) != 0: "create the folder first"
            default: "choose a place you may write to"
            }
        return ErdeError(.cannotWrite, path, "cannot be written: \(String(cString: strerror(code)))", remedy: remedy)
    }
}
