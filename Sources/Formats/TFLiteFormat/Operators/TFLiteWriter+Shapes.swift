import Graphs
import Tensors

extension TFLiteWriter {
    mutating func reduction(_ node: Node, _ code: BuiltinOperator, _ reduction: Reduction) {
        let rank = graph.shape(of: node.inputs[0]).rank
        var order = order(of: node.inputs[0])
        var resultOrder = order
        if !reduction.keepsAxes && !reduction.axes.isEmpty {
            // What is left must lie in the graph's order.
            let left = order.axes(rank: rank).filter { !reduction.axes.contains($0) }
            if left != left.sorted() { order = .graph }
            resultOrder = .graph
        }
        let stored = order.axes(rank: rank)
        let axes = stored.indices.filter { reduction.axes.contains(stored[$0]) }
        let input = operand(node.inputs[0], order)
        var table = FlatTable()
        table.set(TFLiteFields.ReducerOptions.keepDims, .int8(reduction.keepsAxes ? 1 : 0))
        let positions = integers(axes, graph.name(of: node.outputs[0]) + "_axes")
        append(code, [input, positions], define(node.outputs[0], resultOrder), options: (.reducerOptions, table))
    }

    /// Elements are counted in the graph's order, so images are brought into it first; where only fully connected layers read
    /// them, these take their columns in the order of the image instead.
    mutating func reshape(_ node: Node) {
        let (value, target) = (node.inputs[0], node.outputs[0])
        let (image, shape) = (graph.shape(of: value), graph.shape(of: target))
        let sourceOrder: AxisOrder
        if image.isSameInBothOrders {
            sourceOrder = order(of: value)
        } else if shape.rank == 2, order(of: value) == .channelsLast, isReadByStoredMatricesAlone(target) {
            flattened[target] = image
            sourceOrder = .channelsLast
        } else {
            sourceOrder = .graph
        }
        let input = operand(value, sourceOrder)
        let output = define(target, shape.isSameInBothOrders ? .preferred(rank: shape.rank) : .graph)
        append(.reshape, [input, shapeTensor(of: output)], output)
    }

    private func isReadByStoredMatricesAlone(_ value: Value) -> Bool {
        !graph.outputs.contains { $0.value == value }
            && readers[value.id].allSatisfy { index in
                if case .fullyConnected = graph.tflite(graph.nodes[index]) { return true }
                return false
            }
    }

    mutating func transpose(_ node: Node, _ permutation: [Int]) {
        let rank = permutation.count
        let order = order(of: node.inputs[0])
        let input = operand(node.inputs[0], order)
        let source = order.axes(rank: rank)
        func steps(to target: AxisOrder) -> [Int] {
            target.axes(rank: rank).map { axis in source.firstIndex(of: permutation[axis])! }
        }
        let preferred = AxisOrder.preferred(rank: rank)
        // Often the axes lie so already.
        for target in [preferred, preferred.other]
        where (rank == 4 || target == preferred) && steps(to: target) == Array(0..<rank) {
            define(node.outputs[0], target, as: input)
            return
        }
        let axes = integers(steps(to: preferred), graph.name(of: node.outputs[0]) + "_axes")
        append(.transpose, version: rank > 5 ? 6 : rank == 5 ? 4 : 1, [input, axes], define(node.outputs[0], preferred))
    }

    mutating func crop(_ node: Node, _ padding: Padding) {
        let output = define(node.outputs[0], .channelsLast)
        slice(operand(node.inputs[0], .channelsLast), from: [0, padding.top, padding.left, 0], output)
    }

    mutating func channels(_ node: Node, start: Int, count: Int) {
        let rank = graph.shape(of: node.inputs[0]).rank
        let order = order(of: node.inputs[0])
        let begin = order.axes(rank: rank).map { $0 == 1 ? start : 0 }
        slice(operand(node.inputs[0], order), from: begin, define(node.outputs[0], order))
    }

    /// Of any batch, as much of the other axes as the result has.
    private mutating func slice(_ input: Int, from begin: [Int], _ output: Int) {
        let name = result.tensors[output].name
        let extents = [-1] + shape(of: output).dropFirst()
        append(.slice, [input, integers(begin, name + "_begin"), integers(extents, name + "_extents")], output)
    }

    mutating func concatenation(_ node: Node) {
        let rank = graph.shape(of: node.outputs[0]).rank
        let order = AxisOrder.preferred(rank: rank)
        var inputs: [Int] = []
        for value in node.inputs {
            inputs.append(graph.isStored(value) ? operand(stored: value, rank: rank, order) : operand(value, order))
        }
        let axis = order.axes(rank: rank).firstIndex(of: 1)!
        append(.concatenation, inputs, define(node.outputs[0], order), options: concatenationOptions(axis: axis))
    }

    func concatenationOptions(axis: Int) -> (type: BuiltinOptions, table: FlatTable) {
        var table = FlatTable()
        table.set(TFLiteFields.ConcatenationOptions.axis, .int32(Int32(axis)))
        return (.concatenationOptions, table)
    }
}
