import Tensors

/// A tensor whose elements are doubles, in row-major order; integers are held exactly.
struct DoubleTensor {
    let shape: Shape
    var elements: [Double]

    init(_ shape: Shape, _ elements: [Double]) {
        precondition(elements.count == shape.count, "\(elements.count) elements for shape \(shape)")
        self.shape = shape
        self.elements = elements
    }

    init(zeros shape: Shape) { self.init(shape, [Double](repeating: 0, count: shape.count)) }

    init(_ tensor: Tensor) {
        switch tensor.storage {
        case .float32(let scalars): self.init(tensor.shape, scalars.map(Double.init))
        case .int32(let scalars): self.init(tensor.shape, scalars.map(Double.init))
        case .int8(let scalars): self.init(tensor.shape, scalars.map(Double.init))
        case .uint8(let scalars): self.init(tensor.shape, scalars.map(Double.init))
        }
    }

    /// The same elements rounded to the nearest of `type`.
    func rounded(to type: DataType) -> Tensor {
        switch type {
        case .float32: Tensor(shape, elements.map { Float($0) })
        case .int32: Tensor(shape, elements.map { Int32($0) })
        case .int8: Tensor(shape, int8: elements.map { Int8($0) })
        case .uint8: Tensor(shape, uint8: elements.map { UInt8($0) })
        }
    }

    subscript(index: Int) -> Double {
        get { elements[index] }
        set { elements[index] = newValue }
    }

    /// Every element replaced by `transform` of it.
    func map(_ transform: (Double) -> Double) -> DoubleTensor { DoubleTensor(shape, elements.map(transform)) }
}
