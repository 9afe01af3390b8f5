import Tensors

/// A tensor that is known before anything runs: a weight, or a part of the arithmetic of shapes.
struct ConstantTensor: Hashable {
    /// No constant of more elements is made of smaller ones; weights of any size are carried.
    static let largestComputedCount = 1 << 22

    enum Elements: Hashable {
        case floats([Float])
        case integers([Int64])
    }

    /// What it is called in the file, or what it was made from.
    var name: String
    var dimensions: [Int]
    var elements: Elements
    /// Within which integers stay when they are computed with.
    var integerType: ElementType

    init(name: String, dimensions: [Int], elements: Elements, integerType: ElementType = .int64) {
        self.name = name
        self.dimensions = dimensions
        self.elements = elements
        self.integerType = integerType
    }

    init(name: String, integers: [Int64], integerType: ElementType = .int64) {
        self.init(name: name, dimensions: [integers.count], elements: .integers(integers), integerType: integerType)
    }

    var count: Int { dimensions.reduce(1, *) }

    var isFloat: Bool {
        switch elements {
        case .floats: true
        case .integers: false
        }
    }

    /// The elements as floats, whatever they are.
    var floats: [Float] {
        switch elements {
        case .floats(let numbers): numbers
        case .integers(let numbers): numbers.map { Float($0) }
        }
    }

    /// The elements as integers; nil when they are floats.
    var integers: [Int64]? {
        switch elements {
        case .floats: nil
        case .integers(let numbers): numbers
        }
    }

    /// The only element as a float; nil when there are several.
    var scalar: Float? { count == 1 ? floats[0] : nil }

    var tensor: Tensor { Tensor(Shape(dimensions), floats) }

    /// The same elements under other extents of equal count.
    func reshaped(_ dimensions: [Int]) -> ConstantTensor {
        ConstantTensor(name: name, dimensions: dimensions, elements: elements, integerType: integerType)
    }

    /// The elements at these row-major positions.
    func picking(_ positions: [Int], dimensions: [Int]) -> ConstantTensor {
        let picked: Elements =
            switch elements {
            case .floats(let numbers): .floats(positions.map { numbers[$0] })
            case .integers(let numbers): .integers(positions.map { numbers[$0] })
            }
        return ConstantTensor(name: name, dimensions: dimensions, elements: picked, integerType: integerType)
    }

    /// Axis `i` of the result is axis `permutation[i]` of this.
    func transposed(_ permutation: [Int]) -> ConstantTensor {
        let steps = permutation.map { Shape(dimensions).strides[$0] }
        let extents = permutation.map { dimensions[$0] }
        return picking(ConstantTensor.positions(extents, steps: steps), dimensions: extents)
    }

    /// The elements repeated to larger extents, as NumPy broadcasts; nil when they do not fit.
    func broadcast(to target: [Int]) -> ConstantTensor? {
        guard dimensions.count <= target.count else { return nil }
        let own = [Int](repeating: 1, count: target.count - dimensions.count) + dimensions
        guard zip(own, target).allSatisfy({ $0 == $1 || $0 == 1 }) else { return nil }
        let strides = Shape(own).strides
        let steps = own.indices.map { own[$0] == 1 ? 0 : strides[$0] }
        return picking(ConstantTensor.positions(target, steps: steps), dimensions: target)
    }

    /// Positions of all elements of a view with these extents and steps, in row-major order.
    static func positions(_ extents: [Int], steps: [Int], start: Int = 0) -> [Int] {
        if extents.contains(0) { return [] }
        var positions = [start]
        for axis in extents.indices {
            var next: [Int] = []
            next.reserveCapacity(positions.count * extents[axis])
            for position in positions {
                for index in 0..<extents[axis] { next.append(position + index * steps[axis]) }
            }
            positions = next
        }
        return positions
    }
}
