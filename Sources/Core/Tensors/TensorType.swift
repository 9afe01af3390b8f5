/// Shape and element type: all that is known of a value before the graph runs.
package struct TensorType: Hashable, Sendable {
    package var shape: Shape
    package var dataType: DataType

    package init(_ shape: Shape, _ dataType: DataType = .float32) {
        self.shape = shape
        self.dataType = dataType
    }

    /// Bytes of all elements.
    package var byteCount: Int { shape.count * dataType.byteCount }
}

extension TensorType: CustomStringConvertible {
    package var description: String { "\(dataType.rawValue)\(shape)" }
}
