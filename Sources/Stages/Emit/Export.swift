package import Artifacts
import C99Format
package import Diagnostics
import NCNNFormat
import ONNXFormat
import OpenVINOFormat
import SafetensorsFormat
import TFLiteFormat

/// Writes a model for other runtimes, to a file or, for a target of several files, into a folder that exists.
///
/// No file gets its name before all are complete.
///
/// - Returns: the paths of the files, in the order in which a reader wants them.
/// - Throws: `ErdeError` of kind `usage` when the model has not what is asked for, `badData` when the format cannot hold
///   the model, `cannotWrite` when a file cannot be written.
package func export(_ model: Model, as target: ExportTarget, to path: String) throws(ErdeError) -> [String] {
    let (folder, name) = target.isFolder ? (path, "") : split(path)
    let files: [FileContent]
    do throws(ErdeError) {
        files = try target.files(of: model, name: name)
    } catch {
        guard error.kind == .badData else { throw error }
        throw ErdeError(.badData, path, "\(error.subject) \(error.problem)", remedy: error.remedy)
    }
    try files.write(into: folder)
    return target.isFolder ? files.map { "\(folder)/\($0.name)" } : [path]
}

extension ExportTarget {
    /// - Parameter name: of a single file.
    fileprivate func files(of model: Model, name: String) throws(ErdeError) -> [FileContent] {
        switch self {
        case .onnx(let options): try ONNXExport.files(of: model, name: name, options: options)
        case .openVINO(let name, let request): try OpenVINOExport.files(of: model, request: request, name: name)
        case .torch(let name, let policy): try TorchExport.files(of: model, name: name, policy: policy)
        case .c99(let name, let policy): try C99Export.files(of: model, name: name, policy: policy)
        case .ncnn(let name, let request): try NCNNExport.files(of: model, name: name, request: request)
        case .tflite(let request): try TFLiteExport.files(of: model, name: name, request: request)
        }
    }
}

/// The folder that a path lies in, and the name there.
private func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
}
