import Artifacts
import Diagnostics
import Graphs
import Tensors

/// Writes a graph and its parameters as an ONNX graph.
struct GraphExport {
    private let graph: Graph
    private let parameters: Parameters
    /// The name of each value in the file, by value id: an output's own name where it is one.
    private let names: [String]

    /// - Throws: `ErdeError` of kind `badData` that lists everything ONNX cannot hold.
    static func graph(_ graph: Graph, _ parameters: Parameters, name: String) throws(ErdeError) -> ONNXGraph {
        let export = GraphExport(graph: graph, parameters: parameters, names: graph.exportedNames)
        let problems = export.problems()
        guard problems.isEmpty else {
            throw ErdeError(
                .badData, name, "cannot be written as ONNX: " + problems.joined(separator: ", "),
                remedy: "write the model itself, not a form of it for training")
        }
        return try export.exported(name: name)
    }

    /// What cannot be written, in words, each once.
    private func problems() -> [String] {
        var problems: [String] = []
        var counts: [(name: String, count: Int)] = []
        for node in graph.nodes where OperatorTable.row(for: node.op) == nil {
            if let index = counts.firstIndex(where: { $0.name == node.op.name }) {
                counts[index].count += 1
            } else {
                counts.append((node.op.name, 1))
            }
        }
        problems += counts.map { $0.count == 1 ? "operator \($0.name)" : "operator \($0.name) (\($0.count) nodes)" }
        if !graph.updates.isEmpty { problems.append("\(graph.updates.count) updates of variables") }
        for variable in graph.variables {
            let name = graph.name(of: variable.value)
            if variable.role == .optimizer { problems.append("optimizer variable \(name)") }
            guard let tensor = parameters[name] else {
                problems.append("variable \(name) without content")
                continue
            }
            if tensor.type != graph.type(of: variable.value) {
                problems.append("variable \(name) of \(graph.type(of: variable.value)) with content of \(tensor.type)")
            }
        }
        for (value, tensor) in graph.constants.sorted(by: { $0.key.id < $1.key.id }) where tensor.dataType != .float32 {
            problems.append("constant \(graph.name(of: value)) of \(tensor.type)")
        }
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted { problems.append("two values named \(name)") }
        for name in names where !name.isC90Identifier { problems.append("\(printable(name)), which is no C90 identifier") }
        for output in graph.outputs {
            guard case .node = graph.origin(of: output.value) else {
                problems.append("output \(output.name), which nothing computes")
                continue
            }
            if names[output.value.id] != output.name { problems.append("output \(output.name), a second name of one value") }
        }
        return problems
    }

    private func exported(name: String) throws(ErdeError) -> ONNXGraph {
        // An extent that changes with the batch is the batch.
        let larger = try graph.rebatched(graph.batch + 1)
        var exported = ONNXGraph()
        exported.name = name
        exported.inputs = graph.inputs.map { info($0.value, larger) }
        exported.outputs = graph.outputs.map { info($0.value, larger) }
        for variable in graph.variables {
            let name = graph.name(of: variable.value)
            if let tensor = parameters[name] { exported.initializers.append(ONNXTensor(name: names[variable.value.id], tensor)) }
        }
        for (value, tensor) in graph.constants.sorted(by: { $0.key.id < $1.key.id }) {
            exported.initializers.append(ONNXTensor(name: names[value.id], tensor))
        }
        var taken = Set(names)
        for node in graph.nodes {
            guard let row = OperatorTable.row(for: node.op) else { continue }
            let encoded = row.encode(node.op)
            let output = names[node.outputs[0].id]
            var inputs = node.inputs.map { names[$0.id] }
            for var constant in encoded.constants {
                constant.name = "\(output)_\(constant.name)"
                while !taken.insert(constant.name).inserted { constant.name += "_" }
                inputs.append(constant.name)
                exported.initializers.append(constant)
            }
            exported.nodes.append(
                ONNXNode(
                    type: row.type, name: output, inputs: inputs, outputs: node.outputs.map { names[$0.id] },
                    attributes: encoded.attributes.sorted { $0.name < $1.name }))
        }
        return exported
    }

    private func info(_ value: Value, _ larger: Graph) -> ONNXValueInfo {
        let shape = zip(graph.shape(of: value).dimensions, larger.shape(of: value).dimensions).map { extent, other in
            extent == other ? ONNXValueInfo.Dimension.fixed(Int64(extent)) : .named("N")
        }
        return ONNXValueInfo(name: names[value.id], elementType: graph.type(of: value).dataType.onnx, shape: shape)
    }
}

extension String {
    /// Whether this is what ONNX asks of names: a letter or underscore, then letters, digits, underscores.
    var isC90Identifier: Bool {
        guard let first = utf8.first, first.isC90Letter else { return false }
        return utf8.allSatisfy { $0.isC90Letter || 48...57 ~= $0 }
    }
}

extension UInt8 {
    fileprivate var isC90Letter: Bool { 65...90 ~= self || 97...122 ~= self || self == 95 }
}
