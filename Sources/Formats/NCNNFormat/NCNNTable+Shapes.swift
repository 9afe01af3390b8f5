import Graphs
import Tensors

/// Layers that move elements or sum over them. An axis here is one less than in the graph, which counts the batch.
extension NCNNTable {
    func transposition(_ permutation: [Int], _ node: Node) -> NCNNOperator {
        guard permutation.first == 0 else { return .refused("it moves the batch") }
        guard let order = blob(node.inputs[0]).order(permutation.dropFirst().map { $0 - 1 }) else {
            return .refused("the order \(permutation)")
        }
        return .layer("Permute", [.integer(0, order)])
    }

    func reshape(_ node: Node) -> NCNNOperator {
        let (from, to) = (blob(node.inputs[0]), blob(node.outputs[0]))
        return from == to ? .alias : .layer("Reshape", to.parameters)
    }

    /// Zeros around each plane.
    func border(_ padding: Padding, of source: NCNNStep.Source) -> NCNNStep {
        let sides = [padding.top, padding.bottom, padding.left, padding.right]
        return NCNNStep("Padding", [source], sides.enumerated().map { .integer($0, $1) } + [.integer(4, 0), .float(5, 0)])
    }

    func slice(starts: [Int], ends: [Int], axes: [Int]) -> NCNNOperator {
        .layer("Crop", [.integers(9, starts), .integers(10, ends), .integers(11, axes)])
    }

    func concatenation(_ node: Node) -> NCNNOperator {
        let sources =
            node.inputs.enumerated().map { index, value in
                stored(value).map { .stored(name: graph.name(of: value), floats: $0.floats, blob(value)) } ?? .operand(index)
            } as [NCNNStep.Source]
        return .layers([NCNNStep("Concat", sources, [.integer(0, 0)])])
    }

    /// - Parameter operation: 0 for sums, 3 for means, 4 for maxima, 10 for the logarithm of the sum of exponentials.
    private func reduction(_ operation: Int, axes: [Int], keepsAxes: Bool, of source: NCNNStep.Source) -> NCNNStep {
        // Key 5 says that axes count without a batch.
        NCNNStep(
            "Reduction", [source],
            [.integer(0, operation), .integer(1, 0), .integers(3, axes), .integer(4, keepsAxes ? 1 : 0), .integer(5, 1)])
    }

    func reduced(_ reduction: Reduction, _ operation: Int) -> NCNNOperator {
        guard !reduction.axes.contains(0) else { return .refused("it reduces across the batch") }
        return .layers([
            self.reduction(operation, axes: reduction.axes.map { $0 - 1 }, keepsAxes: reduction.keepsAxes, of: .operand(0))
        ])
    }

    /// `x − max(x) − ln Σ exp(x − max(x))` of `[K]`.
    func logSoftmax() -> NCNNOperator {
        let subtract = [NCNNParameter.integer(0, Binary.subtract.rawValue)]
        return .layers([
            reduction(4, axes: [0], keepsAxes: true, of: .operand(0)),
            NCNNStep("BinaryOp", [.operand(0), .step(0)], subtract),
            reduction(10, axes: [0], keepsAxes: true, of: .step(1)),
            NCNNStep("BinaryOp", [.step(1), .step(2)], subtract),
        ])
    }
}
