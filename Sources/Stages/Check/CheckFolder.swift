import Artifacts
import Diagnostics
import FoundationEssentials
import Glibc

/// A folder that is gone when its owner is.
final class CheckFolder {
    /// Without a slash at its end.
    let path: String

    /// - Throws: `ErdeError` of kind `cannotWrite`.
    init(in parent: String) throws(ErdeError) {
        var template = Array("\(parent)/erde-check-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw ErdeError(
                .cannotWrite, parent, "a folder cannot be made there: \(String(cString: strerror(errno)))",
                remedy: "set TMPDIR to a place you may write to")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Makes a folder in it and gives its path.
    func folder(_ name: String) throws(ErdeError) -> String {
        let path = "\(self.path)/\(name)"
        guard mkdir(path, 0o700) == 0 else {
            throw ErdeError(.cannotWrite, path, "cannot be made: \(String(cString: strerror(errno)))")
        }
        return path
    }

    func write(_ floats: [Float], to name: String) throws(ErdeError) {
        try AtomicFile.write(floats.withUnsafeBytes { [UInt8]($0) }, to: "\(path)/\(name)")
    }

    func write(_ bytes: [UInt8], to name: String) throws(ErdeError) { try AtomicFile.write(bytes, to: "\(path)/\(name)") }
}
