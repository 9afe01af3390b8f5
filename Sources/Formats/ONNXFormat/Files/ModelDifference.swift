package import Artifacts
package import Graphs
import Tensors

extension Model {
    /// The first thing in which another model differs, in words; nil when graph, parameters and metadata are equal.
    ///
    /// Values are compared by the names they have in files: two graphs that number their values differently are equal.
    package func firstDifference(from other: Model) -> String? {
        if metadata != other.metadata { return "metadata" }
        if graph.batch != 1 || other.graph.batch != 1 {
            guard let left = try? graph.rebatched(1), let right = try? other.graph.rebatched(1) else { return "batch" }
            return Model(graph: left, parameters: parameters, metadata: metadata)
                .firstDifference(from: Model(graph: right, parameters: other.parameters, metadata: metadata))
        }
        if let difference = graph.firstDifference(from: other.graph) { return difference }
        let names = Set(graph.variables.map { graph.name(of: $0.value) })
        for name in names.sorted() where parameters[name] != other.parameters[name] { return "parameter \(name)" }
        return nil
    }
}

extension Graph {
    /// The first thing in which another graph differs, in words; nil when both compute the same with the same names.
    package func firstDifference(from other: Graph) -> String? {
        let (mine, theirs) = (exportedNames, other.exportedNames)
        func types(_ graph: Graph, _ names: [String]) -> [String: String] {
            Dictionary(zip(names, graph.values.map(\.type.description)), uniquingKeysWith: { first, _ in first })
        }
        let (myTypes, theirTypes) = (types(self, mine), types(other, theirs))
        for name in Set(myTypes.keys).union(theirTypes.keys).sorted() where myTypes[name] != theirTypes[name] {
            return "value \(name): \(myTypes[name] ?? "missing") and \(theirTypes[name] ?? "missing")"
        }
        guard inputs.map({ mine[$0.value.id] }) == other.inputs.map({ theirs[$0.value.id] }) else { return "inputs" }
        guard outputs.map(\.name) == other.outputs.map(\.name) else { return "outputs" }
        guard
            variables.map({ mine[$0.value.id] }) == other.variables.map({ theirs[$0.value.id] }),
            variables.map(\.role) == other.variables.map(\.role)
        else { return "variables" }
        func constants(_ graph: Graph, _ names: [String]) -> [String: Tensor] {
            Dictionary(uniqueKeysWithValues: graph.constants.map { (names[$0.key.id], $0.value) })
        }
        guard constants(self, mine) == constants(other, theirs) else { return "constants" }
        guard nodes.count == other.nodes.count else { return "\(nodes.count) nodes and \(other.nodes.count)" }
        for (left, right) in zip(nodes, other.nodes)
        where left.op != right.op || left.inputs.map({ mine[$0.id] }) != right.inputs.map({ theirs[$0.id] })
            || left.outputs.map({ mine[$0.id] }) != right.outputs.map({ theirs[$0.id] })
        {
            return "node \(mine[left.outputs[0].id]): \(left.op) and \(right.op)"
        }
        return nil
    }
}
