package import Artifacts
package import ONNXFormat

/// For whom a model is written.
package enum ExportTarget: Hashable, Sendable {
    /// ONNX Runtime, OpenVINO and whoever else reads ONNX.
    case onnx(ONNXExportOptions)
    /// OpenVINO: IR files of this name, or of the stages.
    case openVINO(name: String, ExportRequest)
    /// PyTorch: weights as safetensors and a Python file of this name that loads them.
    case torch(name: String, policy: ExitPolicy?)
    /// Any C compiler: a header and a source of this name.
    case c99(name: String, policy: ExitPolicy?)
    /// ncnn: a param and a bin file of this name, or of each stage.
    case ncnn(name: String, ExportRequest)
    /// TensorFlow Lite, which is called LiteRT now.
    case tflite(ExportRequest)

    /// Whether several files are written, into a folder.
    package var isFolder: Bool {
        switch self {
        case .onnx(let options): options.request.shape == .stages
        case .openVINO: true
        case .torch, .c99: true
        case .ncnn: true
        case .tflite(let request): request.shape == .stages
        }
    }
}
