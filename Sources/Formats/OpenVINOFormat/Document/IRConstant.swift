import Tensors

/// A tensor that the file holds.
struct IRConstant {
    let element: IRElement
    let shape: [Int]
    /// Little endian, row-major.
    let bytes: [UInt8]

    /// - Parameter shape: another shape of the same elements.
    init(_ tensor: Tensor, shape: [Int]? = nil) {
        element = IRElement(tensor.dataType)
        self.shape = shape ?? tensor.shape.dimensions
        bytes = tensor.withUnsafeBytes { Array($0) }
    }

    /// One float, as a scalar or in a shape of one element.
    init(_ number: Double, shape: [Int] = []) { self.init(Tensor(Float(number)), shape: shape) }

    /// A list of integers.
    init(_ integers: [Int]) {
        element = .int64
        shape = [integers.count]
        bytes = integers.flatMap { integer in withUnsafeBytes(of: Int64(integer).littleEndian) { Array($0) } }
    }

    var type: IRType { IRType(element: element, extents: shape) }
}
