package import Diagnostics
package import Graphs
import Tensors

extension ReferenceEngine {
    /// Runs a graph once with doubles for inputs and variables, rounding nothing: the ground of finite differences.
    ///
    /// - Parameters:
    ///   - inputs: elements of every input, row-major, by name; integers as doubles.
    ///   - variables: elements of every variable, row-major, by name.
    /// - Throws: `ErdeError` of kind `badData` when one is missing or has another count of elements.
    package static func evaluate(
        _ graph: Graph, inputs: [String: [Double]], variables: [String: [Double]] = [:]
    ) throws(ErdeError) -> Evaluation {
        var leaves: [Value: DoubleTensor] = [:]
        func place(_ value: Value, from contents: [String: [Double]]) throws(ErdeError) {
            let (name, shape) = (graph.name(of: value), graph.shape(of: value))
            guard let elements = contents[name], elements.count == shape.count else {
                let found = contents[name].map { "\($0.count)" } ?? "nothing"
                throw ErdeError(.badData, name, "expected \(shape.count) elements for shape \(shape), found \(found)")
            }
            leaves[value] = DoubleTensor(shape, elements)
        }
        for input in graph.inputs { try place(input.value, from: inputs) }
        for variable in graph.variables { try place(variable.value, from: variables) }

        let values = evaluate(graph, leaves: leaves)
        return Evaluation(
            outputs: [String: [Double]](
                uniqueKeysWithValues: graph.outputs.map { ($0.name, values[$0.value]!.elements) }),
            updatedVariables: [String: [Double]](
                uniqueKeysWithValues: graph.updates.map { (graph.name(of: $0.variable), values[$0.value]!.elements) }))
    }

    /// Every value of a graph, given its inputs and variables.
    static func evaluate(_ graph: Graph, leaves: [Value: DoubleTensor]) -> [Value: DoubleTensor] {
        var values = leaves
        for (value, tensor) in graph.constants { values[value] = DoubleTensor(tensor) }
        for node in graph.nodes {
            let computed = results(
                of: node.op, node.inputs.map { values[$0]! }, shapes: node.outputs.map(graph.shape(of:)))
            for (value, result) in zip(node.outputs, computed) { values[value] = result }
        }
        return values
    }
}
