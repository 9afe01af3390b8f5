import Artifacts
import Diagnostics
import ONNXFormat

extension ModelFile {
    /// Reads a model that the command line names.
    ///
    /// - Throws: `ErdeError` as `read(path:)`; a file of another kind of erde's is called what it is.
    static func read(named path: String) throws(ErdeError) -> Model {
        try OwnFileKind.model.reading(path) { () throws(ErdeError) in try read(path: path) }
    }
}
