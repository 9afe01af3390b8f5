import Diagnostics
import Graphs

extension LoweringTable {
    /// Arithmetic of two operands or more, broadcast as NumPy does.
    static let arithmetic: [String: Rule] = [
        "Add": one { (lowering, node) throws(ErdeError) in try lowering.sum(node) },
        "Sum": one { (lowering, node) throws(ErdeError) in try lowering.chain(.add, node) },
        "Sub": one { (lowering, node) throws(ErdeError) in try lowering.chain(.subtract, node) },
        "Mul": one { (lowering, node) throws(ErdeError) in try lowering.chain(.multiply, node) },
        "Div": one { (lowering, node) throws(ErdeError) in try lowering.chain(.divide, node) },
        "Max": one { (lowering, node) throws(ErdeError) in try lowering.chain(.maximum, node) },
        "Min": one { (lowering, node) throws(ErdeError) in try lowering.minimum(node) },
        "Mean": one { (lowering, node) throws(ErdeError) in
            let total = try lowering.chain(.add, node)
            return try lowering.scaled(total, by: 1 / Double(node.inputs.count), node: node)
        },
        "Pow": one { (lowering, node) throws(ErdeError) in try lowering.power(node) },
    ]
}

extension GraphLowering {
    /// `op` of the first two operands, of that and the third, and so on.
    fileprivate mutating func chain(_ op: Op, _ node: ForeignNode) throws(ErdeError) -> Value {
        var result = try value(0, of: node)
        for position in node.inputs.indices.dropFirst() {
            let other = try value(position, of: node)
            try requireAligned(result, other, node)
            result = try apply(op, result, other, node: node)
        }
        return result
    }

    /// An addition; of a constant to a layer without bias that nothing else reads, that layer with it.
    fileprivate mutating func sum(_ node: ForeignNode) throws(ErdeError) -> Value {
        guard node.inputs.count == 2 else { throw node.failure("has \(node.inputs.count) operands, expected 2") }
        for position in 0..<2 {
            guard case .constant(let tensor) = try node.input(position), isOnlyReader(node, of: 1 - position),
                case .value(let x) = try node.input(1 - position), let biased = try withBias(x, tensor, node)
            else { continue }
            return biased
        }
        return try chain(.add, node)
    }

    private mutating func withBias(_ x: Value, _ tensor: ConstantTensor, _ node: ForeignNode) throws(ErdeError) -> Value? {
        guard let layer = builder.graph.producer(of: x), layer.inputs.count == 2, tensor.isFloat else { return nil }
        let outputs = shape(x)[1]
        let like: [Int]
        switch layer.op {
        case .linear: like = [1, outputs]
        case .convolution: like = [1, outputs, 1, 1]
        default: return nil
        }
        guard tensor.dimensions.count <= like.count, let wide = tensor.broadcast(to: like) else { return nil }
        return try apply(layer.op, layer.inputs + [variable(wide.reshaped([outputs]), role: .bias)], node: node)
    }

    /// `min(a, b) = −max(−a, −b)`
    fileprivate mutating func minimum(_ node: ForeignNode) throws(ErdeError) -> Value {
        var result = try negated(0, of: node)
        for position in node.inputs.indices.dropFirst() {
            let other = try negated(position, of: node)
            try requireAligned(result, other, node)
            result = try apply(.maximum, result, other, node: node)
        }
        return try scaled(result, by: -1, node: node)
    }

    /// An operand times −1; a constant stays one.
    private mutating func negated(_ position: Int, of node: ForeignNode) throws(ErdeError) -> Value {
        guard case .constant(let tensor) = try node.input(position) else {
            return try scaled(computed(position, of: node), by: -1, node: node)
        }
        guard tensor.count > 0 else { throw node.failure("an operand has no elements") }
        return constant(
            ConstantTensor(
                name: "\(tensor.name)_negated", dimensions: tensor.dimensions, elements: .floats(tensor.floats.map { -$0 })))
    }

    /// The powers that classifiers use.
    fileprivate mutating func power(_ node: ForeignNode) throws(ErdeError) -> Value {
        let x = try computed(0, of: node)
        switch try node.optionalScalar(1, "exponent") {
        case 1: return x
        case 2: return try apply(.multiply, x, x, node: node)
        case 3: return try apply(.multiply, x, apply(.multiply, x, x, node: node), node: node)
        case 0.5: return try apply(.squareRoot, x, node: node)
        case -0.5: return try apply(.divide, constant(1), apply(.squareRoot, x, node: node), node: node)
        case -1: return try apply(.divide, constant(1), x, node: node)
        case let other: throw node.failure("has an exponent of \(other.map { "\($0)" } ?? "nothing"), expected ±1, ±0.5, 2 or 3")
        }
    }

    /// Refuses operands that would move the batch away from axis 0.
    private func requireAligned(_ a: Value, _ b: Value, _ node: ForeignNode) throws(ErdeError) {
        let (left, right) = (shape(a), shape(b))
        let isConstantShorter = { (value: Value, own: [Int], other: [Int]) in
            own.count <= other.count && self.builder.graph.origin(of: value) == .constant
        }
        guard left.count == right.count || isConstantShorter(a, left, right) || isConstantShorter(b, right, left) else {
            throw node.failure("broadcasts \(left) and \(right) across the batch")
        }
    }
}
