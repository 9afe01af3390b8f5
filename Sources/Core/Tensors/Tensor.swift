/// A dense array in row-major order, held in memory: the form in which values cross module borders.
package struct Tensor: Hashable, Sendable {
    /// The elements, by type.
    package enum Storage: Hashable, Sendable {
        case float32([Float])
        case int32([Int32])
    }

    package let shape: Shape
    package private(set) var storage: Storage

    /// A float tensor; `scalars` in row-major order must fill `shape` exactly.
    package init(_ shape: Shape, _ scalars: [Float]) {
        precondition(scalars.count == shape.count, "\(scalars.count) scalars for shape \(shape)")
        self.shape = shape
        self.storage = .float32(scalars)
    }

    /// An integer tensor; `scalars` in row-major order must fill `shape` exactly.
    package init(_ shape: Shape, _ scalars: [Int32]) {
        precondition(scalars.count == shape.count, "\(scalars.count) scalars for shape \(shape)")
        self.shape = shape
        self.storage = .int32(scalars)
    }

    /// A float tensor with every element equal.
    package init(repeating value: Float, _ shape: Shape) {
        self.init(shape, [Float](repeating: value, count: shape.count))
    }

    /// A float scalar.
    package init(_ value: Float) { self.init(.scalar, [value]) }

    package var dataType: DataType {
        switch storage {
        case .float32: .float32
        case .int32: .int32
        }
    }

    package var type: TensorType { TensorType(shape, dataType) }

    /// The elements of a float tensor, row-major. Reading or writing an integer tensor here is a programming error.
    package var floats: [Float] {
        get {
            guard case .float32(let scalars) = storage else { preconditionFailure("floats of \(type)") }
            return scalars
        }
        set {
            precondition(newValue.count == shape.count, "\(newValue.count) scalars for shape \(shape)")
            storage = .float32(newValue)
        }
    }

    /// The elements of an integer tensor, row-major. Reading a float tensor here is a programming error.
    package var integers: [Int32] {
        guard case .int32(let scalars) = storage else { preconditionFailure("integers of \(type)") }
        return scalars
    }

    /// The same elements under another shape of equal count.
    package func reshaped(_ shape: Shape) -> Tensor {
        switch storage {
        case .float32(let scalars): Tensor(shape, scalars)
        case .int32(let scalars): Tensor(shape, scalars)
        }
    }

    /// Calls `body` with the raw bytes of the elements.
    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        switch storage {
        case .float32(let scalars): try scalars.withUnsafeBytes(body)
        case .int32(let scalars): try scalars.withUnsafeBytes(body)
        }
    }
}
