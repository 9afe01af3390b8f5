import Graphs

extension [NCNNLayer] {
    /// The layers with a copy of each input that a layer would overwrite.
    ///
    /// ncnn lets such a layer work in the caller's memory when nobody else holds it, and asks a counter that memory from
    /// outside (an image in an array) has not: without a copy that ends the process.
    ///
    /// - Parameter names: in use by blobs.
    func copyingOverwrittenInputs(_ names: inout Set<String>) -> [NCNNLayer] {
        let overwritten = Set(filter(\.isInPlace).flatMap(\.inputs))
        var copies: [String: String] = [:]
        var result: [NCNNLayer] = []
        for layer in self {
            var layer = layer
            layer.inputs = layer.inputs.map { copies[$0] ?? $0 }
            result.append(layer)
            let blob = layer.outputs[0]
            guard layer.type == "Input", overwritten.contains(blob) else { continue }
            let (zero, copy) = (unused("\(blob)_zero", &names), unused("\(blob)_copy", &names))
            // As many axes as the blob, each of extent 1.
            let ones = layer.parameters.map { $0.replacingValue(by: 1) }
            result.append(
                NCNNLayer(
                    type: "MemoryData", name: zero, inputs: [], outputs: [zero], parameters: ones, weights: [.raw([0])]))
            result.append(
                NCNNLayer(
                    type: "BinaryOp", name: copy, inputs: [blob, zero], outputs: [copy], parameters: [.integer(0, 0)]))
            copies[blob] = copy
        }
        return result
    }
}

extension NCNNLayer {
    /// Whether ncnn's layer writes its result over what it reads.
    fileprivate var isInPlace: Bool {
        switch type {
        case "ReLU", "Clip", "Sigmoid", "HardSigmoid", "Erf", "UnaryOp", "BatchNorm": true
        case "BinaryOp": inputs.count == 1
        default: false
        }
    }
}

extension NCNNParameter {
    fileprivate func replacingValue(by value: Int) -> NCNNParameter {
        if case .integer(let key, _) = self { .integer(key, value) } else { self }
    }
}
