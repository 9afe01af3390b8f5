import Graphs
import Tensors

/// What computes with bytes.
extension C99Program {
    mutating func add(_ group: C99Group, of graph: Graph, step: Int) {
        let result = graph.name(of: group.result)
        var operands: [String] = []
        for each in group.operands {
            switch each {
            case .value(let value): operands.append(operand(value, of: graph))
            case .floats(let suffix, let floats):
                operands.append(declare("q_\(result)_\(suffix)", Tensor([floats.count], floats)))
            }
        }
        append(
            group.kernel, group.arguments, operands, result: group.result, of: graph,
            replacing: group.replaced.map { root(graph.name(of: $0)) }, step: step)
    }

    /// - Parameter weight: int8 `[O, I]`, a scale for each output or one for all.
    mutating func addLinear(_ node: Node, _ weight: QuantizedFusions.Source, of graph: Graph, step: Int) {
        let shape = graph.shape(of: weight.value)
        let scales = (0..<shape[0]).map { weight.scale(of: $0) }
        var operands = [operand(node.inputs[0], of: graph), operand(weight.value, of: graph)]
        operands.append(declare("q_\(graph.name(of: node.outputs[0]))_steps", Tensor([scales.count], scales)))
        if node.inputs.count > 2 { operands.append(operand(node.inputs[2], of: graph)) }
        append(
            .linear, "%0, %1, %2, \(node.inputs.count > 2 ? "%3" : "NULL"), %y, \(shape[1]), \(shape[0])", operands,
            result: node.outputs[0], of: graph, step: step)
    }

    /// The name of an array of floats, what stored integers stand for.
    mutating func declareFloats(of node: Node, in graph: Graph) -> String {
        let result = graph.name(of: node.outputs[0])
        guard let source = graph.storedIntegers(node.outputs[0]), let tensor = parameters[graph.name(of: source.value)]
        else { preconditionFailure("\(result) is not stored") }
        return declare("t_\(result)", source.quantization.floats(of: tensor))
    }
}

extension Graph {
    /// The weight of a fully connected layer that lies in the model as int8; nil for any other node.
    func linearBytes(_ node: Node) -> QuantizedFusions.Source? {
        guard node.op == .linear, let weight = storedIntegers(node.inputs[1]), weight.quantization.dataType == .int8
        else { return nil }
        return weight
    }

    /// Whether a node only makes floats of weights that are read as the bytes they are.
    func isReadAsBytesAlone(_ node: Node) -> Bool {
        guard storedIntegers(node.outputs[0]) != nil else { return false }
        return nodes.allSatisfy { reader in
            !reader.inputs.contains(node.outputs[0])
                || (linearBytes(reader) != nil && !reader.inputs.enumerated().contains { $0 != 1 && $1 == node.outputs[0] })
        }
    }
}
