import Diagnostics
import ONNXFormat

extension ForeignModel {
    /// Reads an ONNX file that the command line names.
    ///
    /// - Throws: `ErdeError` as `read(path:)`; a file of another kind of erde's is called what it is.
    static func read(named path: String) throws(ErdeError) -> ForeignModel {
        try OwnFileKind.model.reading(path) { () throws(ErdeError) in try read(path: path) }
    }
}
