package import Artifacts
package import Diagnostics
import ONNXFormat

/// Writes a finished model. What appears under `path` has been read back from disk and found equal to `model`, but that it is
/// written by this version of erde, whoever wrote what it was made from.
///
/// - Returns: SHA-256 of the file.
/// - Throws: `ErdeError` of kind `badData` when the format cannot hold the model, `cannotWrite` when it cannot be written.
@discardableResult
package func emit(_ model: Model, to path: String) throws(ErdeError) -> String {
    var model = model
    model.metadata.provenance.version = erdeVersion
    try ModelFile.write(model, to: path)
    return try ModelFile.hash(path: path)
}
