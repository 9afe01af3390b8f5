import Tensors

extension Graph {
    /// Builds the graph of some nodes, with names and order kept and values numbered anew.
    ///
    /// Variables and constants that nothing reads are left out.
    ///
    /// - Parameters:
    ///   - kept: ascending indices of nodes; their operands must be results of kept nodes, `inputs`, variables or constants.
    ///   - inputs: what is fed; may be results of nodes that are not kept.
    func subgraph(nodes kept: [Int], inputs: [Input], outputs: [Output], updates: [Update]) -> Graph {
        var read = Set(kept.flatMap { nodes[$0].inputs } + outputs.map(\.value))
        for update in updates { read.formUnion([update.variable, update.value]) }
        var result = Graph()
        var mapped: [Value: Value] = [:]
        func declare(_ value: Value, _ origin: Origin) -> Value {
            let new = Value(id: result.values.count)
            result.values.append(self[value])
            result.origins.append(origin)
            mapped[value] = new
            return new
        }
        for input in inputs {
            result.inputs.append(Input(value: declare(input.value, .input), isBatched: input.isBatched))
        }
        for variable in variables where read.contains(variable.value) {
            result.variables.append(Variable(value: declare(variable.value, .variable), role: variable.role))
        }
        for (value, tensor) in constants.sorted(by: { $0.key.id < $1.key.id }) where read.contains(value) {
            result.constants[declare(value, .constant)] = tensor
        }
        for (position, index) in kept.enumerated() {
            let node = nodes[index]
            let operands = node.inputs.map { mapped[$0]! }
            let results = node.outputs.enumerated().map { declare($1, .node(position, output: $0)) }
            result.nodes.append(Node(op: node.op, inputs: operands, outputs: results))
        }
        result.outputs = outputs.map { Output(name: $0.name, value: mapped[$0.value]!) }
        result.updates = updates.map { Update(variable: mapped[$0.variable]!, value: mapped[$0.value]!) }
        return result
    }

    /// The same graph without nodes, variables and constants that neither outputs nor updates need. Inputs, names and
    /// order stay; values are numbered anew.
    package func removingDeadNodes() -> Graph {
        let needed = nodesNeeded(for: outputs.map(\.value) + updates.map(\.value))
        return subgraph(nodes: needed, inputs: inputs, outputs: outputs, updates: updates)
    }
}
