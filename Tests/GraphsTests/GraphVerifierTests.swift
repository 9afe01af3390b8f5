import Diagnostics
import Graphs
import Tensors
import Testing

/// Each constraint of the verifier, broken alone.
@Suite struct GraphVerifierTests {
    /// The parts of a good graph, to be spoiled: `y = x + w`, `scaled = y·half`, `w` updated.
    struct Parts {
        var values: [ValueInfo]
        var origins: [Graph.Origin]
        var inputs: [Graph.Input]
        var variables: [Variable]
        var constants: [Value: Tensor]
        var nodes: [Node]
        var outputs: [Graph.Output]
        var updates: [Graph.Update]

        let x = Value(id: 0)
        let labels = Value(id: 1)
        let w = Value(id: 2)
        let half = Value(id: 3)
        let y = Value(id: 4)
        let scaled = Value(id: 5)
        let stepped = Value(id: 6)

        init() throws {
            var builder = GraphBuilder()
            let x = builder.input("x", TensorType([2, 3]))
            _ = builder.input("labels", TensorType([2], .int32))
            let w = builder.variable("w", [3], role: .weight)
            let half = builder.constant("half", Tensor(0.5))
            let y = try builder.apply(.add, x, w, name: "y")
            let scaled = try builder.apply(.multiply, y, half, name: "scaled")
            let stepped = try builder.apply(.affine(scale: 0.9, offset: 0), w, name: "stepped")
            builder.output("result", scaled)
            builder.update(w, to: stepped)
            let graph = builder.graph
            values = graph.values
            origins = graph.origins
            inputs = graph.inputs
            variables = graph.variables
            constants = graph.constants
            nodes = graph.nodes
            outputs = graph.outputs
            updates = graph.updates
        }

        var graph: Graph {
            Graph(
                unverified: values, origins: origins, inputs: inputs, variables: variables, constants: constants,
                nodes: nodes, outputs: outputs, updates: updates)
        }
    }

    /// Expects that the change breaks this constraint and none before it.
    func expect(
        _ constraint: GraphVerifier.Constraint, _ change: (inout Parts) -> Void,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var parts = try Parts()
        change(&parts)
        let error = #expect(throws: ErdeError.self, sourceLocation: sourceLocation) {
            try GraphVerifier.verify(parts.graph)
        }
        #expect(error?.kind == .badData, sourceLocation: sourceLocation)
        #expect(
            error?.problem.hasPrefix("\(constraint.rawValue): ") == true, "\(error?.description ?? "nothing")",
            sourceLocation: sourceLocation)
    }

    @Test func aBuiltGraphIsGood() throws {
        try GraphVerifier.verify(Parts().graph)
        try GraphVerifier.verify(GraphBuilder().graph)
    }

    @Test func v1ValuesExist() throws {
        let missing = Value(id: 7)
        try expect(.v1ValuesExist) { $0.origins.removeLast() }
        try expect(.v1ValuesExist) { $0.inputs[0] = Graph.Input(value: missing, isBatched: true) }
        try expect(.v1ValuesExist) { $0.variables[0] = Variable(value: missing, role: .weight) }
        try expect(.v1ValuesExist) { $0.constants = [missing: Tensor(1)] }
        try expect(.v1ValuesExist) { $0.nodes[0] = Node(op: .relu, inputs: [missing], outputs: [$0.y]) }
        try expect(.v1ValuesExist) { $0.nodes[0] = Node(op: .relu, inputs: [$0.x], outputs: [missing]) }
        try expect(.v1ValuesExist) { $0.outputs[0] = Graph.Output(name: "result", value: Value(id: -1)) }
        try expect(.v1ValuesExist) { $0.updates[0] = Graph.Update(variable: $0.w, value: missing) }
    }

    @Test(arguments: ["", "1st", "a.b", "naïve", "a b"]) func v2Identifiers(name: String) throws {
        try expect(.v2Identifiers) { $0.values[4].name = name }
        try expect(.v2Identifiers) { $0.outputs[0] = Graph.Output(name: name, value: $0.y) }
    }

    @Test func v3UniqueNames() throws {
        try expect(.v3UniqueNames) { $0.values[4].name = "x" }
        try expect(.v3UniqueNames) { $0.outputs.append(Graph.Output(name: "result", value: $0.y)) }
    }

    @Test func v4Origins() throws {
        try expect(.v4Origins) { $0.origins[0] = .variable }
        try expect(.v4Origins) { $0.origins[4] = .node(1, output: 0) }
        try expect(.v4Origins) { $0.origins[4] = .node(0, output: 1) }
        try expect(.v4Origins) { $0.inputs.removeLast() }
        try expect(.v4Origins) { $0.variables.append($0.variables[0]) }
        try expect(.v4Origins) { $0.nodes[1] = Node(op: .add, inputs: [$0.x, $0.w], outputs: [$0.y]) }
    }

    @Test func v5Order() throws {
        try expect(.v5Order) { $0.nodes[0] = Node(op: .add, inputs: [$0.scaled, $0.w], outputs: [$0.y]) }
        try expect(.v5Order) { $0.nodes[0] = Node(op: .relu, inputs: [$0.y], outputs: [$0.y]) }
    }

    @Test func v6Types() throws {
        try expect(.v6Types) { $0.values[4].type = TensorType([2, 4]) }
        try expect(.v6Types) { $0.values[4].type = TensorType([2, 3], .int32) }
        try expect(.v6Types) { $0.nodes[0] = Node(op: .add, inputs: [$0.x, $0.labels], outputs: [$0.y]) }
        try expect(.v6Types) { $0.nodes[0] = Node(op: .add, inputs: [$0.x], outputs: [$0.y]) }
    }

    @Test func v7Leaves() throws {
        try expect(.v7Leaves) { $0.constants[$0.half] = Tensor([1], [0.5 as Float]) }
        try expect(.v7Leaves) {
            // An integer variable that no node reads.
            $0.values.append(ValueInfo(name: "counter", type: TensorType([1], .int32)))
            $0.origins.append(.variable)
            $0.variables.append(Variable(value: Value(id: 7), role: .statistic))
        }
    }

    @Test func v8Batch() throws {
        try expect(.v8Batch) { $0.values[1].type = TensorType([3], .int32) }
        try expect(.v8Batch) { $0.values[1].type = TensorType([], .int32) }
    }

    @Test func v9Updates() throws {
        try expect(.v9Updates) { $0.updates.append($0.updates[0]) }
        try expect(.v9Updates) { $0.updates[0] = Graph.Update(variable: $0.x, value: $0.y) }
        try expect(.v9Updates) { $0.updates[0] = Graph.Update(variable: $0.w, value: $0.y) }
    }
}
