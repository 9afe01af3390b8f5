package import Tensors

extension Graph {
    /// The integers in the model that a float stands for; nil for anything else.
    package func storedIntegers(_ value: Value) -> QuantizedFusions.Source? {
        guard let node = producer(of: value), case .dequantize(let quantization) = node.op,
            origin(of: node.inputs[0]) == .variable
        else { return nil }
        return QuantizedFusions.Source(value: node.inputs[0], quantization: quantization)
    }
}

extension Quantization {
    /// What stored integers `[O, …]` stand for.
    package func floats(of tensor: Tensor) -> Tensor {
        let size = max(1, tensor.shape.dimensions.dropFirst().reduce(1, *))
        return Tensor(
            tensor.shape, tensor.scalars.enumerated().map { $1 * scales[isPerChannel ? $0 / size : 0] })
    }
}
