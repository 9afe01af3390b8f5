import Tensors

/// A graph as text, one declaration a line in the graph's order; equal graphs give equal text.
///
/// ```
/// input image: float32[2, 3, 8, 8], batched
/// weight conv_weight: float32[4, 3, 3, 3]
/// conv: float32[2, 4, 8, 8] = convolution(padding 1)(image, conv_weight)
/// output logits_exit1 = conv
/// ```
package struct GraphText: CustomStringConvertible {
    private let graph: Graph

    package init(_ graph: Graph) { self.graph = graph }

    package var description: String {
        var lines: [String] = []
        for input in graph.inputs {
            lines.append("input \(declaration(input.value))" + (input.isBatched ? ", batched" : ""))
        }
        for variable in graph.variables { lines.append("\(variable.role.rawValue) \(declaration(variable.value))") }
        for (value, tensor) in graph.constants.sorted(by: { $0.key.id < $1.key.id }) {
            lines.append("constant \(declaration(value)) = \(Self.contents(tensor))")
        }
        for node in graph.nodes {
            let results = node.outputs.map(declaration).joined(separator: ", ")
            let operands = node.inputs.map(graph.name(of:)).joined(separator: ", ")
            let attributes = node.op.attributeText
            lines.append("\(results) = \(node.op.name)\(attributes.isEmpty ? "" : "(\(attributes))")(\(operands))")
        }
        for output in graph.outputs { lines.append("output \(output.name) = \(graph.name(of: output.value))") }
        for update in graph.updates {
            lines.append("update \(graph.name(of: update.variable)) = \(graph.name(of: update.value))")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func declaration(_ value: Value) -> String { "\(graph.name(of: value)): \(graph.type(of: value))" }

    /// The elements of a small tensor; the number of elements of a large one.
    private static func contents(_ tensor: Tensor) -> String {
        guard tensor.shape.count <= 8 else { return "{\(tensor.shape.count) elements}" }
        switch tensor.storage {
        case .float32(let scalars): return "{" + scalars.map(\.description).joined(separator: ", ") + "}"
        case .int32(let scalars): return "{" + scalars.map(\.description).joined(separator: ", ") + "}"
        case .int8(let scalars): return "{" + scalars.map(\.description).joined(separator: ", ") + "}"
        case .uint8(let scalars): return "{" + scalars.map(\.description).joined(separator: ", ") + "}"
        }
    }
}
