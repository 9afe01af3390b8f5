import Tensors

extension DataType {
    /// ONNX's number of the element type (`TensorProto.DataType`).
    var onnx: Int32 {
        switch self {
        case .float32: 1
        case .int32: 6
        case .int8: 3
        case .uint8: 2
        }
    }
}

extension ONNXTensor {
    /// A tensor's elements as they are stored.
    init(name: String, _ tensor: Tensor) {
        let elements: Elements =
            switch tensor.storage {
            case .float32(let scalars): .floats(scalars)
            case .int32(let scalars): .int32(scalars)
            case .int8(let scalars): .int8(scalars)
            case .uint8(let scalars): .uint8(scalars)
            }
        self.init(name: name, dimensions: tensor.shape.dimensions, elements: elements)
    }

    /// The stored elements as a tensor; nil for int64, which no tensor holds.
    var tensor: Tensor? {
        let shape = Shape(dimensions)
        switch elements {
        case .floats(let scalars): return Tensor(shape, scalars)
        case .int32(let scalars): return Tensor(shape, scalars)
        case .int8(let scalars): return Tensor(shape, int8: scalars)
        case .uint8(let scalars): return Tensor(shape, uint8: scalars)
        case .integers, .other: return nil
        }
    }
}
