import Artifacts
import DatasetFile
import Diagnostics
import FileTrees

/// What a file is by its first bytes, among what erde writes.
enum OwnFileKind {
    case dataset
    case model
    case report

    /// Nil for what is none of these, or cannot be read.
    init?(path: String) {
        let head = FileHead.read(FileName(path))
        if DatasetReader.isDataset(head: head) {
            self = .dataset
        } else if head.count > 3, head[0] == 0x08, head[2] & 0x07 == 2 {
            // Both begin with a version, and a length behind it. Reports are of version 1, which ONNX has left behind for long.
            self = head[1] == 1 ? .report : .model
        } else {
            return nil
        }
    }

    /// Reads a file of this kind; one of another kind is called what it is.
    ///
    /// - Throws: `ErdeError` as `body` does.
    func reading<Content>(_ path: String, _ body: () throws(ErdeError) -> Content) throws(ErdeError) -> Content {
        do throws(ErdeError) {
            return try body()
        } catch {
            guard error.kind == .badData, let found = OwnFileKind(path: path), found != self else { throw error }
            throw ErdeError(.badData, path, "is \(found.name); this takes \(name)", remedy: remedy)
        }
    }

    private var name: String {
        switch self {
        case .dataset: "a dataset"
        case .model: "a model"
        case .report: "a report"
        }
    }

    private var remedy: String? {
        switch self {
        case .dataset: "give what `erde ingest` makes"
        case .model: "give what `erde train` or `erde compress` makes"
        case .report: nil
        }
    }
}
