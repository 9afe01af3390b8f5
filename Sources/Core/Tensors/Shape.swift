/// The extents of a tensor, outermost first; images are `[N, C, H, W]`. The empty shape is a scalar.
package struct Shape: Hashable, Sendable {
    package var dimensions: [Int]

    package init(_ dimensions: [Int]) {
        precondition(dimensions.allSatisfy { $0 >= 0 }, "negative extent in \(dimensions)")
        self.dimensions = dimensions
    }

    /// The number of dimensions.
    package var rank: Int { dimensions.count }

    /// The number of elements: the product of all extents, 1 for a scalar.
    package var count: Int { dimensions.reduce(1, *) }

    package subscript(axis: Int) -> Int { dimensions[axis] }

    /// Elements to step over to advance by one along each axis, in row-major order.
    package var strides: [Int] {
        var strides = [Int](repeating: 1, count: rank)
        for axis in stride(from: rank - 2, through: 0, by: -1) {
            strides[axis] = strides[axis + 1] * dimensions[axis + 1]
        }
        return strides
    }

    package static let scalar = Shape([])
}

extension Shape: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension Shape: CustomStringConvertible {
    package var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}
