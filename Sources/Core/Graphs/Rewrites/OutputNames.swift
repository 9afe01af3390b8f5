extension Graph {
    /// The names of all values as files have them: an output's name where a value is one, else its own.
    package var exportedNames: [String] {
        var names = values.map(\.name)
        var renamed: Set<Value> = []
        for output in outputs where renamed.insert(output.value).inserted { names[output.value.id] = output.name }
        return names
    }

    /// The same graph in which every output's value has the output's name, as it has in files.
    package func namedByOutputs() -> Graph {
        let named = zip(values, exportedNames).map { ValueInfo(name: $1, type: $0.type) }
        return Graph(
            unverified: named, origins: origins, inputs: inputs, variables: variables, constants: constants, nodes: nodes,
            outputs: outputs, updates: updates)
    }
}
