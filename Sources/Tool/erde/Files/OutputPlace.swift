import Artifacts
import Diagnostics
import FoundationEssentials
import Glibc

/// Checks that results can be written, before any work is done for them.
enum OutputPlace {
    /// Makes the folder if it is missing.
    ///
    /// - Throws: `ErdeError` of kind `cannotWrite`.
    static func prepare(folder: String) throws(ErdeError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw ErdeError(.cannotWrite, folder, "the folder cannot be made", remedy: "choose a place you may write to")
        }
        try probe("\(folder)/.erde")
    }

    /// Checks that a file can be made under this name, in a folder that exists, and that it takes the place of nothing that is
    /// still to be read.
    ///
    /// - Parameter inputs: files that the command reads.
    /// - Throws: `ErdeError` of kind `cannotWrite`.
    static func check(file: String, inputs: [String?] = []) throws(ErdeError) {
        for case let input? in inputs where isSame(file, input) {
            throw ErdeError(
                .cannotWrite, file, file == input ? "is what is read" : "is the same file as \(input), which is read",
                remedy: "name another file for the output")
        }
        var status = stat()
        if stat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR {
            throw ErdeError(.cannotWrite, file, "is a folder", remedy: "name a file")
        }
        try probe(file)
    }

    /// Whether two paths lead to one file.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        guard stat(one, &first) == 0, stat(other, &second) == 0 else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }

    /// Opens a file beside the one named and drops it.
    private static func probe(_ path: String) throws(ErdeError) { _ = try AtomicFile(path: path) }
}
