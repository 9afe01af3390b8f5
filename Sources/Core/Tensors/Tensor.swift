/// A dense array in row-major order, held in memory: the form in which values cross module borders.
///
/// Two are equal when shape, type and every bit of the elements are: what is no number equals itself, 0 and −0 differ.
package struct Tensor: Hashable, Sendable {
    /// The elements, by type.
    package enum Storage: Sendable {
        case float32([Float])
        case int32([Int32])
        case int8([Int8])
        case uint8([UInt8])
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

    /// A tensor of signed bytes; `scalars` in row-major order must fill `shape` exactly.
    package init(_ shape: Shape, int8 scalars: [Int8]) {
        precondition(scalars.count == shape.count, "\(scalars.count) scalars for shape \(shape)")
        self.shape = shape
        self.storage = .int8(scalars)
    }

    /// A tensor of bytes; `scalars` in row-major order must fill `shape` exactly.
    package init(_ shape: Shape, uint8 scalars: [UInt8]) {
        precondition(scalars.count == shape.count, "\(scalars.count) scalars for shape \(shape)")
        self.shape = shape
        self.storage = .uint8(scalars)
    }

    /// A tensor of any type from numbers that it holds exactly; those of integer types must lie in its range.
    package init(_ type: TensorType, exactly scalars: [Float]) {
        switch type.dataType {
        case .float32: self.init(type.shape, scalars)
        case .int32: self.init(type.shape, scalars.map { Int32($0) })
        case .int8: self.init(type.shape, int8: scalars.map { Int8($0) })
        case .uint8: self.init(type.shape, uint8: scalars.map { UInt8($0) })
        }
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
        case .int8: .int8
        case .uint8: .uint8
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

    /// The elements as floats whatever their type, row-major: exact for floats and bytes.
    package var scalars: [Float] {
        switch storage {
        case .float32(let scalars): scalars
        case .int32(let scalars): scalars.map(Float.init)
        case .int8(let scalars): scalars.map(Float.init)
        case .uint8(let scalars): scalars.map(Float.init)
        }
    }

    /// The same elements under another shape of equal count.
    package func reshaped(_ shape: Shape) -> Tensor {
        switch storage {
        case .float32(let scalars): Tensor(shape, scalars)
        case .int32(let scalars): Tensor(shape, scalars)
        case .int8(let scalars): Tensor(shape, int8: scalars)
        case .uint8(let scalars): Tensor(shape, uint8: scalars)
        }
    }

    package static func == (one: Tensor, other: Tensor) -> Bool {
        one.type == other.type && one.withUnsafeBytes { bytes in other.withUnsafeBytes { bytes.elementsEqual($0) } }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(type)
        withUnsafeBytes { hasher.combine(bytes: $0) }
    }

    /// Calls `body` with the raw bytes of the elements.
    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        switch storage {
        case .float32(let scalars): try scalars.withUnsafeBytes(body)
        case .int32(let scalars): try scalars.withUnsafeBytes(body)
        case .int8(let scalars): try scalars.withUnsafeBytes(body)
        case .uint8(let scalars): try scalars.withUnsafeBytes(body)
        }
    }
}
