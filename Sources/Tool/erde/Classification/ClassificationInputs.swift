import Artifacts
import Classify
import Diagnostics
import FileTrees
import Glibc
import Images

/// What the command line names to be classified, checked before any work is done.
struct ClassificationInputs {
    let inputs: [NamedImages.Input]
    /// What errors call it all.
    let title: String

    /// - Parameters:
    ///   - paths: files, folders and archives; `-` is a list on stdin.
    ///   - filesFrom: a file with a list; `-` is stdin.
    /// - Throws: `ErdeError` of kind `notFound` when one does not exist.
    init(paths: [String], filesFrom: String?, separator: ListReader.Separator) throws(ErdeError) {
        var inputs: [NamedImages.Input] = []
        for (path, file) in zip(paths, RawArguments.paths(paths)) {
            if path == "-" {
                inputs.append(ClassificationInputs.standardInput(separator))
                continue
            }
            guard ImageFileFinder.exists(file) else {
                let isPattern = path.contains { "*?[".contains($0) }
                throw ErdeError(
                    .notFound, file.readable,
                    isPattern ? "does not exist: no file matches, and the shell left the pattern as it is" : "does not exist",
                    remedy: "check the path")
            }
            inputs.append(.path(file))
        }
        if filesFrom == "-" {
            inputs.append(ClassificationInputs.standardInput(separator))
        } else if let filesFrom {
            let descriptor = RawArguments.path(filesFrom).withCString { open($0, O_RDONLY | O_CLOEXEC) }
            if descriptor < 0 {
                let reason = String(cString: strerror(errno))
                throw ErdeError(.notFound, filesFrom, "cannot be read: \(reason)", remedy: "check the path")
            }
            inputs.append(.list(ListReader(descriptor: descriptor, title: filesFrom, separator: separator)))
        }
        self.inputs = inputs
        title = (paths + (filesFrom.map { [$0] } ?? [])).map { $0 == "-" ? "stdin" : $0 }.joined(separator: ", ")
    }

    /// Refuses archives, in which links can lead to nothing. Those in lists are met on the way.
    ///
    /// - Throws: `ErdeError` of kind `usage`.
    func requireFiles() throws(ErdeError) {
        for case .path(let path) in inputs where !ImageFileFinder.isFolder(path) && !ImageFileFinder.hasImageName(path.last) {
            let name = String(decoding: path.last, as: UTF8.self)
            guard ArchiveContent.isArchive(head: FileHead.read(path), name: name) else { continue }
            throw ErdeError(
                .usage, path.readable, "is an archive, and no link can lead into it",
                remedy: "unpack the archive, or leave --links out")
        }
    }

    private static func standardInput(_ separator: ListReader.Separator) -> NamedImages.Input {
        .list(ListReader(descriptor: STDIN_FILENO, title: "stdin", separator: separator))
    }
}
