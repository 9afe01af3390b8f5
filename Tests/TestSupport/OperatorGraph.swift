package import Execution
package import Graphs
package import Tensors

/// A graph of one operator, with contents for its operands `x0`, `x1` …; its results are the outputs `y0`, `y1` …
package struct OperatorGraph: Sendable {
    /// An operand and where it comes from.
    package enum Operand: Sendable {
        case input(Tensor)
        case variable(Tensor)
        case constant(Tensor)

        package var tensor: Tensor {
            switch self {
            case .input(let tensor), .variable(let tensor), .constant(let tensor): tensor
            }
        }
    }

    package let graph: Graph
    package let inputs: [String: Tensor]
    package let parameters: Parameters

    /// - Throws: `ErdeError` of kind `badData` when the operands do not fit the operator.
    package init(_ op: Op, _ operands: [Operand]) throws {
        var builder = GraphBuilder()
        var inputs: [String: Tensor] = [:]
        var parameters = Parameters()
        let values = operands.enumerated().map { position, operand in
            let name = "x\(position)"
            switch operand {
            case .input(let tensor):
                inputs[name] = tensor
                return builder.input(name, tensor.type, isBatched: false)
            case .variable(let tensor):
                parameters[name] = tensor
                return builder.variable(name, tensor.shape, role: .weight)
            case .constant(let tensor):
                return builder.constant(name, tensor)
            }
        }
        for (position, result) in try builder.apply(op, values).enumerated() { builder.output("y\(position)", result) }
        graph = builder.graph
        self.inputs = inputs
        self.parameters = parameters
    }

    /// The results on one engine, in the operator's order.
    package func run(
        on engine: any Engine, options: CompilationOptions = CompilationOptions()
    ) throws -> [Tensor] {
        let executable = try engine.compile(graph, parameters: parameters, options: options)
        let results = try executable.run(inputs)
        return graph.outputs.map { results[$0.name]! }
    }
}
