package import Diagnostics
import Tensors

extension GraphBuilder {
    /// Copies a graph into this one and returns where each of its values went.
    ///
    /// Variables and constants are declared again under the current scope unless `bindings` maps them to a value of this
    /// builder; inputs must be bound. Outputs and updates are not copied: the caller decides what they mean here.
    package mutating func inline(
        _ other: Graph, bindings: [Value: Value], replacing replace: Replacement? = nil
    ) throws(ErdeError) -> [Value: Value] {
        var mapped = bindings
        for input in other.inputs {
            precondition(mapped[input.value] != nil, "unbound input \(other.name(of: input.value))")
        }
        for variable in other.variables where mapped[variable.value] == nil {
            mapped[variable.value] = self.variable(
                other.name(of: variable.value), other.shape(of: variable.value), role: variable.role,
                dataType: other.type(of: variable.value).dataType)
        }
        for (value, tensor) in other.constants.sorted(by: { $0.key.id < $1.key.id }) where mapped[value] == nil {
            mapped[value] = constant(other.name(of: value), tensor)
        }
        for node in other.nodes where node.outputs.contains(where: { mapped[$0] == nil }) {
            let operands = node.inputs.map { mapped[$0]! }
            let name = other.name(of: node.outputs[0])
            var results: [Value]?
            if let replace { results = try replace(node, operands, name, &self) }
            if results == nil { results = try apply(node.op, operands, name: name) }
            for (old, new) in zip(node.outputs, results!) { mapped[old] = new }
        }
        return mapped
    }

    /// Given a node of the copied graph, its operands here and its name, adds something else in its place and returns
    /// the results; nil copies the node as it is.
    package typealias Replacement =
        (Node, [Value], String, inout GraphBuilder) throws(ErdeError) -> [Value]?
}
