import Diagnostics
import Graphs

extension LoweringTable {
    /// The same elements in another form.
    static let shapes: [String: Rule] = [
        "Identity": one { (lowering, node) throws(ErdeError) in try lowering.computed(0, of: node) },
        "Dropout": one { (lowering, node) throws(ErdeError) in try lowering.dropout(node) },
        "Cast": one { (lowering, node) throws(ErdeError) in
            let type = ElementType(rawValue: Int32(clamping: try node.integer("to", default: 0)))
            guard let type, type.isFloat else { throw node.failure("casts images to integers") }
            return try lowering.computed(0, of: node)
        },
        "Reshape": one { (lowering, node) throws(ErdeError) in try lowering.reshaped(node) },
        "Flatten": one { (lowering, node) throws(ErdeError) in try lowering.reshaped(node) },
        "Squeeze": one { (lowering, node) throws(ErdeError) in try lowering.reshaped(node) },
        "Unsqueeze": one { (lowering, node) throws(ErdeError) in try lowering.reshaped(node) },
        "Transpose": one { (lowering, node) throws(ErdeError) in
            let x = try lowering.computed(0, of: node)
            let rank = lowering.shape(x).count
            let permutation = try node.integers("perm") ?? Array((0..<rank).reversed())
            guard permutation.first == 0 else {
                throw node.failure("puts the axes in the order \(permutation): it moves the batch")
            }
            return try lowering.transposed(x, permutation, node: node)
        },
        "Expand": one { (lowering, node) throws(ErdeError) in
            let x = try lowering.computed(0, of: node)
            let wanted = try node.optionalIntegers(1, "shape") ?? []
            let own = lowering.shape(x).suffix(wanted.count)
            guard wanted.count <= lowering.shape(x).count, zip(own, wanted).allSatisfy({ $0 == $1 || $1 == 1 }) else {
                throw node.failure("repeats elements of \(lowering.shape(x)) to \(wanted)")
            }
            return x
        },
    ]
}

extension GraphLowering {
    /// Does nothing at inference; its rate stays known, so that training can go on.
    fileprivate mutating func dropout(_ node: ForeignNode) throws(ErdeError) -> Value {
        let x = try computed(0, of: node)
        guard node.node.outputs.dropFirst().allSatisfy(\.isEmpty) else { throw node.failure("also gives its mask") }
        if let training = try node.optionalConstant(2, "training_mode"), training.scalar != 0 {
            throw node.failure("is in training mode; export the model for inference")
        }
        let rate = try node.float(node.optionalScalar(1, "ratio"), orAttribute: "ratio", default: 0.5)
        guard 0..<1 ~= rate else { throw node.failure("has a ratio of \(rate), expected 0 to below 1") }
        return rate == 0 ? x : try apply(.dropout(rate: rate), x, node: node)
    }

    fileprivate mutating func reshaped(_ node: ForeignNode) throws(ErdeError) -> Value {
        let x = try computed(0, of: node)
        let rule = ShapeRule(node: node, extents: shape(x))
        let target = try rule.target(keepsBatch: true) { (position) throws(ErdeError) in
            try node.optionalIntegers(position, position == 1 && node.node.type == "Reshape" ? "shape" : "list of axes")
        }
        guard target.first == shape(x)[0] else {
            throw node.failure("makes \(shape(x)) into \(target): it mixes the images of a batch")
        }
        return target == shape(x) ? x : try apply(.reshape(trailing: Array(target.dropFirst())), x, node: node)
    }

    /// Axes in another order; orders behind one another become one, and one that changes nothing is left out.
    mutating func transposed(_ x: Value, _ permutation: [Int], node: ForeignNode) throws(ErdeError) -> Value {
        var (source, order) = (x, permutation)
        guard order.sorted() == Array(0..<shape(x).count) else {
            throw node.failure("\(order) is no order of \(shape(x).count) axes")
        }
        while let producer = builder.graph.producer(of: source), case .transpose(let earlier) = producer.op {
            order = order.map { earlier[$0] }
            source = producer.inputs[0]
        }
        if order == Array(order.indices) { return source }
        return try apply(.transpose(permutation: order), source, node: node)
    }
}
