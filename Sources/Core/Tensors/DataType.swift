/// The element type of a tensor in a graph.
package enum DataType: String, Hashable, Sendable, Codable, CaseIterable {
    case float32
    case int32
    /// Quantized weights and signed activations.
    case int8
    /// Quantized activations that are never negative.
    case uint8

    /// Bytes of one element.
    package var byteCount: Int {
        switch self {
        case .float32, .int32: 4
        case .int8, .uint8: 1
        }
    }

    /// The numbers that an integer type holds; nil for floats.
    package var integers: ClosedRange<Int>? {
        switch self {
        case .float32: nil
        case .int32: Int(Int32.min)...Int(Int32.max)
        case .int8: -128...127
        case .uint8: 0...255
        }
    }
}
