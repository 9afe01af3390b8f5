import Diagnostics
import FoundationEssentials
import Glibc

/// Reading small files that people name.
enum InputFile {
    /// - Throws: `ErdeError` of kind `notFound`.
    static func bytes(_ path: String) throws(ErdeError) -> [UInt8] {
        guard !isFolder(path) else { throw ErdeError(.notFound, path, "is a folder", remedy: "name a file") }
        do {
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw ErdeError(.notFound, path, "cannot be read\(reason(path).map { ": \($0)" } ?? "")", remedy: "check the path")
        }
    }

    /// Why the system opens no file; nil when it does.
    private static func reason(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        close(descriptor)
        return nil
    }

    /// What the system tells of itself in a file under /proc; nothing where it does not.
    static func systemText(_ path: String) -> String {
        (try? bytes(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// The path without `.` and `..`, from the root.
    static func absolute(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// Bytes of a file; nil when there is none.
    static func size(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// Whether the path leads to a folder.
    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
