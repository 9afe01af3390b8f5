extension ONNXGraph {
    /// The names of all values, subgraphs included.
    var allNames: Set<String> {
        var names = Set(initializers.map(\.name) + inputs.map(\.name) + outputs.map(\.name))
        for node in nodes {
            names.formUnion(node.inputs + node.outputs)
            for attribute in node.attributes {
                if case .graph(let inner) = attribute.value { names.formUnion(inner.allNames) }
            }
        }
        return names
    }

    /// The same graph with other names for some values. It has no subgraphs.
    func renaming(_ names: [String: String]) -> ONNXGraph {
        func renamed(_ name: String) -> String { names[name] ?? name }
        var result = self
        for index in result.nodes.indices {
            result.nodes[index].name = renamed(nodes[index].name)
            result.nodes[index].inputs = nodes[index].inputs.map(renamed)
            result.nodes[index].outputs = nodes[index].outputs.map(renamed)
        }
        for index in result.initializers.indices { result.initializers[index].name = renamed(initializers[index].name) }
        for index in result.inputs.indices { result.inputs[index].name = renamed(inputs[index].name) }
        for index in result.outputs.indices { result.outputs[index].name = renamed(outputs[index].name) }
        return result
    }

    /// The nodes that compute `values` from `known` ones, in order, with the tensors they read.
    func part(computing values: [String], given known: Set<String>) -> (nodes: [ONNXNode], initializers: [ONNXTensor]) {
        var producers: [String: Int] = [:]
        for (index, node) in nodes.enumerated() {
            for output in node.outputs { producers[output] = index }
        }
        var needed: Set<Int> = []
        var pending = values
        while let name = pending.popLast() {
            guard !known.contains(name), let index = producers[name] else { continue }
            if needed.insert(index).inserted { pending += nodes[index].inputs }
        }
        let kept = needed.sorted().map { nodes[$0] }
        let read = Set(kept.flatMap(\.inputs))
        return (kept, initializers.filter { read.contains($0.name) })
    }
}
