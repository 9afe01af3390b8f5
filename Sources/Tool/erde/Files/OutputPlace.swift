import Artifacts
import Diagnostics
import FoundationEssentials
import Glibc

/// Checks that results can be written, before any work is done for them.
enum OutputPlace {
    /// Makes the folder if it is missing.
    ///
    /// - Throws: `ErdeError` of kind `cannotWrite`, `usage` for a name that is empty.
    static func prepare(folder: String) throws(ErdeError) {
        try requireName(folder, "a folder")
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            let isFile = InputFile.size(folder) != nil && !InputFile.isFolder(folder)
            throw ErdeError(
                .cannotWrite, folder, isFile ? "is a file, and a folder is wanted" : "the folder cannot be made",
                remedy: isFile ? "name a folder" : "choose a place you may write to")
        }
        try probe("\(folder)/.erde")
    }

    /// Takes a folder away that was made for what never came; one with anything in it stays.
    static func removeIfEmpty(folder: String) { rmdir(folder) }

    /// Checks that a folder, which need not be there yet, does not lie in any that is searched for images: its content would be
    /// found, too.
    ///
    /// - Throws: `ErdeError` of kind `cannotWrite`.
    static func check(folder: String, outside inputs: [FileName]) throws(ErdeError) {
        guard let place = realPlace(of: folder) else { return }
        for input in inputs {
            guard let searched = real(input), (place + "/").hasPrefix(searched == "/" ? "/" : searched + "/") else { continue }
            throw ErdeError(
                .cannotWrite, folder, "lies in \(input.readable), whose images are classified; they would be found again there",
                remedy: "name a folder outside of it")
        }
    }

    /// The path without links; what is missing at its end is taken as it will be made.
    private static func realPlace(of path: String) -> String? {
        if let place = real(FileName(path)) { return place }
        let folder = OutputPath.folder(of: path)
        guard folder != path, let parent = realPlace(of: folder) else { return nil }
        let name = path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
        switch name {
        case "", ".": return parent
        case "..": return OutputPath.folder(of: parent)
        default:
            let child = parent == "/" ? "/\(name)" : "\(parent)/\(name)"
            return real(FileName(child)) ?? child
        }
    }

    /// The path without links; nil when there is nothing.
    private static func real(_ path: FileName) -> String? {
        guard let resolved = path.withCString({ realpath($0, nil) }) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Checks that a file can be made under this name, in a folder that exists, and that it takes the place of nothing that is
    /// still to be read.
    ///
    /// - Parameters:
    ///   - inputs: files that the command reads.
    ///   - dataset: the images that its model was trained on, which it need not read.
    /// - Throws: `ErdeError` of kind `cannotWrite`, `usage` for a name that is empty.
    static func check(file: String, inputs: [String?] = [], dataset: String? = nil) throws(ErdeError) {
        try requireName(file, "a file")
        for case let input? in inputs where isSame(file, input) {
            throw ErdeError(
                .cannotWrite, file, file == input ? "is what is read" : "is the same file as \(input), which is read",
                remedy: "name another file for the output")
        }
        if let dataset, isSame(file, dataset) {
            throw ErdeError(
                .cannotWrite, file, "is the dataset that the model was trained on",
                remedy: "name another file for the output")
        }
        var status = stat()
        if stat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR {
            throw ErdeError(.cannotWrite, file, "is a folder", remedy: "name a file")
        }
        try probe(file)
    }

    /// Checks that a file whose name nobody gave takes the place of none: nobody said that it may be replaced.
    ///
    /// - Throws: `ErdeError` of kind `cannotWrite`.
    static func requireFree(_ file: String) throws(ErdeError) {
        guard InputFile.size(file) != nil else { return }
        throw ErdeError(
            .cannotWrite, file, "is there already, and is not replaced unasked",
            remedy: "name the output with -o, which replaces what is there, or remove the file")
    }

    /// An empty name is most likely a variable of a shell that is not set.
    private static func requireName(_ path: String, _ wanted: String) throws(ErdeError) {
        if path.isEmpty { throw ErdeError(.usage, "the name of the output", "is empty", remedy: "name \(wanted)") }
    }

    /// Whether files written under both names would be one, be they there or not.
    static func isSamePlace(_ one: String, _ other: String) -> Bool {
        guard let first = realPlace(of: one) else { return one == other }
        return first == realPlace(of: other)
    }

    /// Whether two paths lead to one file.
    static func isSame(_ one: String, _ other: String) -> Bool {
        guard let first = FileIdentity(FileName(one)) else { return false }
        return first == FileIdentity(FileName(other))
    }

    /// Opens a file beside the one named and drops it.
    private static func probe(_ path: String) throws(ErdeError) { _ = try AtomicFile(path: path) }
}
