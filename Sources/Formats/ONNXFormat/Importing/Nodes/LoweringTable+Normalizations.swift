import Diagnostics
import Graphs

extension LoweringTable {
    /// Normalisation by stored statistics, and by those of each image.
    static let normalizations: [String: Rule] = [
        "BatchNormalization": one { (lowering, node) throws(ErdeError) in try lowering.batchNormalization(node) },
        "LayerNormalization": one { (lowering, node) throws(ErdeError) in
            let x = try lowering.computed(0, of: node)
            let rank = lowering.shape(x).count
            let first = try node.axis(try node.integer("axis", default: -1), rank: rank)
            let normalized = try lowering.normalized(x, over: Array(first..<rank), node: node)
            return try lowering.scaledAndShifted(normalized, trailing: 0, node: node)
        },
        "InstanceNormalization": one { (lowering, node) throws(ErdeError) in
            let normalized = try lowering.normalized(try lowering.image(0, of: node), over: [2, 3], node: node)
            return try lowering.scaledAndShifted(normalized, trailing: 2, node: node)
        },
        "GroupNormalization": one { (lowering, node) throws(ErdeError) in try lowering.groupNormalization(node) },
    ]
}

extension GraphLowering {
    fileprivate mutating func batchNormalization(_ node: ForeignNode) throws(ErdeError) -> Value {
        let x = try computed(0, of: node)
        guard try node.integer("training_mode", default: 0) == 0, node.node.outputs.dropFirst().allSatisfy(\.isEmpty) else {
            throw node.failure("is in training mode; export the model for inference")
        }
        guard try node.integer("spatial", default: 1) == 1 else { throw node.failure("has statistics for each pixel") }
        var operands = [x]
        for (position, name) in [(1, "scale"), (2, "bias"), (3, "mean"), (4, "variance")] {
            let tensor = try node.constant(position, name)
            guard tensor.dimensions.count == 1 else { throw node.failure("has a \(name) of shape \(tensor.dimensions)") }
            operands.append(variable(tensor, role: position < 3 ? .bias : .statistic))
        }
        // ONNX counts the share of the old statistics, erde that of the new.
        let momentum = Float(1 - (try node.float("momentum", default: 0.9))).shortestDouble
        let attributes = BatchNormalizationAttributes(epsilon: try node.float("epsilon", default: 1e-5), momentum: momentum)
        return try apply(.batchNormalization(attributes), operands, node: node)
    }

    /// `(x − mean)/√(variance + ε)` with mean and variance over some axes of each image.
    fileprivate mutating func normalized(_ x: Value, over axes: [Int], node: ForeignNode) throws(ErdeError) -> Value {
        guard !axes.contains(0), node.node.outputs.dropFirst().allSatisfy(\.isEmpty) else {
            throw node.failure("takes statistics over the batch, or gives them")
        }
        let mean = Op.reduceMean(Reduction(axes: axes, keepsAxes: true))
        let centred = try apply(.subtract, x, apply(mean, x, node: node), node: node)
        let variance = try apply(mean, apply(.multiply, centred, centred, node: node), node: node)
        let raised = try apply(.add, variance, constant(try node.float("epsilon", default: 1e-5)), node: node)
        return try apply(.divide, centred, apply(.squareRoot, raised, node: node), node: node)
    }

    /// Times the second input, plus the third.
    ///
    /// - Parameter trailing: axes behind the one that they run along.
    fileprivate mutating func scaledAndShifted(
        _ x: Value, trailing: Int, node: ForeignNode
    ) throws(ErdeError) -> Value {
        var result = x
        for (position, op) in [(1, Op.multiply), (2, Op.add)] {
            guard let tensor = try node.optionalConstant(position, position == 1 ? "scale" : "bias") else { continue }
            let placed = tensor.reshaped(tensor.dimensions + [Int](repeating: 1, count: trailing))
            result = try apply(op, result, constant(placed), node: node)
        }
        return result
    }

    fileprivate mutating func groupNormalization(_ node: ForeignNode) throws(ErdeError) -> Value {
        let x = try image(0, of: node)
        let (extents, groups) = (shape(x), try node.integer("num_groups", default: 1))
        guard groups > 0, extents[1] % groups == 0 else { throw node.failure("has \(groups) groups of \(extents[1]) channels") }
        let rows = try apply(.reshape(trailing: [groups, extents[1...].reduce(1, *) / groups]), x, node: node)
        var result = try normalized(rows, over: [2], node: node)
        // Before operator set 21 there is one scale for each group, later for each channel.
        let perGroup = operatorSet < 21
        if perGroup { result = try scaledAndShifted(result, trailing: 1, node: node) }
        result = try apply(.reshape(trailing: Array(extents[1...])), result, node: node)
        return perGroup ? result : try scaledAndShifted(result, trailing: 2, node: node)
    }
}
