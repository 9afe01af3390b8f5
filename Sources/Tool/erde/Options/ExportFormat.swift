import ArgumentParser

/// A format that other programs read.
enum ExportFormat: String, ExpressibleByArgument, CaseIterable {
    case onnx
    case safetensors
    case c
}

/// What the graph of an ONNX file computes.
enum ExportShape: String, ExpressibleByArgument, CaseIterable {
    case all
    case cut
    case dynamic
    case stages
}
