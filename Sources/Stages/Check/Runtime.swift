/// Something that runs exported files. The one place that names runtimes.
enum Runtime: CaseIterable {
    case onnxRuntime
    case openVINO
    case ncnn
    case liteRT
    case pyTorch
    case compiler

    /// A way to run it.
    struct Setting {
        /// What people set, `NAME=VALUE`; nil for the runtime's own defaults.
        var text: String?
        /// What the runner gives to the runtime.
        var options: [String: String] = [:]
    }

    var title: String {
        switch self {
        case .onnxRuntime: "ONNX Runtime"
        case .openVINO: "OpenVINO"
        case .ncnn: "ncnn"
        case .liteRT: "LiteRT"
        case .pyTorch: "PyTorch"
        case .compiler: "C compiler"
        }
    }

    /// What installs it: a package of pip's, or for the compiler any of the system's.
    var package: String {
        switch self {
        case .onnxRuntime: "onnxruntime"
        case .openVINO: "openvino"
        case .ncnn: "ncnn"
        case .liteRT: "ai-edge-litert"
        case .pyTorch: "torch"
        case .compiler: "gcc"
        }
    }

    /// Python modules without which it is not installed, and the runner that loads them; nil for what needs no Python.
    var runner: (module: String, needs: [String])? {
        switch self {
        case .onnxRuntime: ("runner_onnxruntime", ["onnxruntime"])
        case .openVINO: ("runner_openvino", ["openvino"])
        case .ncnn: ("runner_ncnn", ["ncnn"])
        case .liteRT: ("runner_litert", ["ai_edge_litert"])
        case .pyTorch: ("runner_torch", ["torch"])
        case .compiler: nil
        }
    }

    /// Its own defaults first. Where these may be less exact than float32, a second run asks for float32.
    var settings: [Setting] {
        switch self {
        case .openVINO:
            [
                Setting(),
                Setting(text: "INFERENCE_PRECISION_HINT=f32", options: ["INFERENCE_PRECISION_HINT": "f32"]),
            ]
        case .ncnn:
            [Setting(), Setting(text: "use_fp16_*,use_bf16_*=false", options: ["precision": "float32"])]
        default: [Setting()]
        }
    }

    /// Who runs a format.
    static func all(for format: ExportedArtifact.Format) -> [Runtime] {
        switch format {
        case .onnx: [.onnxRuntime, .openVINO]
        case .openvino: [.openVINO]
        case .ncnn: [.ncnn]
        case .tflite: [.liteRT]
        case .safetensors: [.pyTorch]
        case .c: [.compiler]
        }
    }
}
