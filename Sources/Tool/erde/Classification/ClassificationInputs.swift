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
                throw ErdeError(.notFound, file.readable, "does not exist", remedy: "check the path")
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

    private static func standardInput(_ separator: ListReader.Separator) -> NamedImages.Input {
        .list(ListReader(descriptor: STDIN_FILENO, title: "stdin", separator: separator))
    }
}
