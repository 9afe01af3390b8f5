package import Tensors

extension Tensor {
    /// The elements as doubles, whatever their type.
    package var doubles: [Double] {
        switch storage {
        case .float32(let scalars): scalars.map(Double.init)
        case .int32(let scalars): scalars.map(Double.init)
        case .int8(let scalars): scalars.map(Double.init)
        case .uint8(let scalars): scalars.map(Double.init)
        }
    }
}
