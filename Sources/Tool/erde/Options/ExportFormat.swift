import ArgumentParser

/// A format that other programs read.
enum ExportFormat: String, ExpressibleByArgument, CaseIterable {
    case onnx
    case openvino
    case safetensors
    case c
    case ncnn
    case tflite

    /// Whether the file is a graph, in one of several shapes; else it is the whole network, and decides itself.
    var isGraph: Bool {
        switch self {
        case .onnx, .openvino: true
        case .ncnn: true
        case .tflite: true
        case .safetensors, .c: false
        }
    }

    /// The shapes that the format has.
    var shapes: [ShapeName] {
        switch self {
        case .onnx: ShapeName.allCases
        case .openvino: [.all, .cut, .stages]
        case .ncnn: [.all, .cut, .stages]
        case .tflite: [.all, .cut, .stages]
        case .safetensors, .c: [.all]
        }
    }
}
