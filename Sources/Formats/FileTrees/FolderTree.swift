package import Diagnostics
import Glibc
package import Images

/// The files of a folder on disk.
package struct FolderTree: FileTree {
    package let root: String

    /// - Parameter root: the folder; it must exist.
    package init(_ root: String) { self.root = root }

    package func entries(of folder: String) throws(ErdeError) -> ImageFileFinder.Entries {
        try ImageFileFinder.entries(of: path(of: folder))
    }

    package func images(under folder: String) throws(ErdeError) -> ImageFileFinder.Found {
        var found = try ImageFileFinder.images(under: path(of: folder))
        let prefix = root.hasSuffix("/") ? root.utf8.count : root.utf8.count + 1
        found.images = found.images.map { String(decoding: $0.utf8.dropFirst(prefix), as: UTF8.self) }
        for index in found.unusable.indices {
            let path = found.unusable[index].path
            found.unusable[index].path = String(decoding: path.utf8.dropFirst(prefix), as: UTF8.self)
        }
        return found
    }

    package func byteCount(of file: String) -> Int? {
        var status = stat()
        guard stat(path(of: file), &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    package func heads(of files: [String]) throws(ErdeError) -> [[UInt8]] {
        var heads: [[UInt8]] = []
        for file in files { heads.append(try FolderTree.read(path(of: file), atMost: FileHead.byteCount)) }
        return heads
    }

    package func contents(of files: [String], limit: Int) throws(ErdeError) -> [[UInt8]] {
        var contents: [[UInt8]] = []
        for file in files {
            let path = path(of: file)
            if let size = byteCount(of: file), size > limit {
                throw ErdeError(.badData, path, "\(size) bytes, more than \(limit)", remedy: "check that it is the right file")
            }
            contents.append(try FolderTree.read(path, atMost: limit))
        }
        return contents
    }

    package func place(of file: String) -> FilePlace? { .disk(path(of: file)) }

    /// The first `limit` bytes of a regular file, or all.
    package static func read(_ path: String, atMost limit: Int) throws(ErdeError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0 { throw failure(path) }
        defer { close(descriptor) }
        var status = stat()
        if fstat(descriptor, &status) != 0 { throw failure(path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ErdeError(.notFound, path, "expected a file, found a folder or a device", remedy: "check the path")
        }
        let wanted = min(Int(status.st_size), limit)
        var reason: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            while filled < wanted {
                let count = Glibc.read(descriptor, buffer.baseAddress! + filled, wanted - filled)
                if count < 0 && errno == EINTR { continue }
                if count < 0 { reason = errno }
                if count <= 0 { break }
                filled += count
            }
        }
        if reason != 0 {
            throw ErdeError(.notFound, path, "cannot be read: \(String(cString: strerror(reason)))", remedy: "check the disk")
        }
        return bytes
    }

    private static func failure(_ path: String) -> ErdeError {
        ErdeError(.notFound, path, "cannot be read: \(String(cString: strerror(errno)))", remedy: "check the path and rights")
    }
}
