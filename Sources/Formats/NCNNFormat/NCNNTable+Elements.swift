import Graphs
import Tensors

/// Elementwise layers.
extension NCNNTable {
    /// Operations of `BinaryOp`.
    enum Binary: Int {
        case add = 0
        case subtract = 1
        case multiply = 2
        case divide = 3
        case maximum = 4

        /// The operation with its operands the other way round.
        var reversed: Int {
            switch self {
            case .add, .multiply, .maximum: rawValue
            case .subtract: 7
            case .divide: 8
            }
        }
    }

    /// Operands are repeated as NumPy does, which ncnn does too where both have as many axes: so they are given as many.
    func binary(_ kind: Binary, _ node: Node) -> NCNNOperator {
        for (index, other) in [(1, 0), (0, 1)] {
            guard let tensor = stored(node.inputs[index]), tensor.shape.count == 1, tensor.floats[0].isFinite,
                graph.shape(of: node.inputs[other]) == graph.shape(of: node.outputs[0])
            else { continue }
            return .layers([
                scalar(index == 1 ? kind.rawValue : kind.reversed, Double(tensor.floats[0]), of: .operand(other))
            ])
        }
        let rank = graph.shape(of: node.outputs[0]).rank
        var sources: [NCNNStep.Source] = []
        for (index, value) in node.inputs.enumerated() {
            let shape = graph.shape(of: value)
            if let tensor = stored(value) {
                let full = Shape([Int](repeating: 1, count: rank - shape.rank) + shape.dimensions)
                guard let blob = NCNNShape(image: full) else { return .refused("more than five axes") }
                sources.append(.stored(name: graph.name(of: value), floats: tensor.floats, blob))
            } else {
                guard shape.rank == rank else { return .refused("computed operands of different ranks") }
                sources.append(.operand(index))
            }
        }
        return .layers([NCNNStep("BinaryOp", sources, [.integer(0, kind.rawValue)])])
    }

    func scalar(_ operation: Int, _ value: Double, of source: NCNNStep.Source) -> NCNNStep {
        NCNNStep("BinaryOp", [source], [.integer(0, operation), .integer(1, 1), .float(2, value)])
    }

    func affine(_ scale: Double, _ offset: Double) -> NCNNOperator {
        guard scale.isFinite, offset.isFinite else { return .refused("numbers that are not finite") }
        if scale == 1 { return .layers([scalar(Binary.add.rawValue, offset, of: .operand(0))]) }
        let product = scalar(Binary.multiply.rawValue, scale, of: .operand(0))
        return .layers(offset == 0 ? [product] : [product, scalar(Binary.add.rawValue, offset, of: .step(0))])
    }

    /// A side without limit is left out: ncnn's own is the largest float.
    func clip(_ lower: Double, _ upper: Double) -> NCNNOperator {
        guard !lower.isNaN, !upper.isNaN, lower < .infinity, upper > -.infinity else {
            return .refused("limits that are no numbers")
        }
        return .layer("Clip", (lower.isFinite ? [.float(0, lower)] : []) + (upper.isFinite ? [.float(1, upper)] : []))
    }
}
