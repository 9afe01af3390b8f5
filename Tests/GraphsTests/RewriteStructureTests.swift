import Diagnostics
import Graphs
import Tensors
import Testing

/// What rewrites leave of a graph; that they keep its numbers is checked where engines are.
@Suite struct RewriteStructureTests {
    @Test func normalisationsAreFoldedAndDropoutsRemoved() throws {
        let network = try TwoExitGraph()
        let (graph, parameters) = try network.graph.optimizedForInference(network.parameters)
        try GraphVerifier.verify(graph)
        #expect(
            GraphText(graph).description == """
                input image: float32[2, 1, 4, 4], batched
                weight conv1_weight: float32[2, 1, 1, 1]
                weight fc1_weight: float32[3, 2]
                weight conv2_weight: float32[2, 2, 1, 1]
                weight fc2_weight: float32[3, 2]
                bias conv1_bias: float32[2]
                bias conv2_bias: float32[2]
                conv1: float32[2, 2, 4, 4] = convolution(image, conv1_weight, conv1_bias)
                pool1: float32[2, 2, 1, 1] = globalAveragePool(conv1)
                rows1: float32[2, 2] = reshape(trailing [2])(pool1)
                fc1: float32[2, 3] = linear(rows1, fc1_weight)
                conv2: float32[2, 2, 4, 4] = convolution(conv1, conv2_weight, conv2_bias)
                pool2: float32[2, 2, 1, 1] = globalAveragePool(conv2)
                rows2: float32[2, 2] = reshape(trailing [2])(pool2)
                fc2: float32[2, 3] = linear(rows2, fc2_weight)
                output logits_exit1 = fc1
                output logits_exit2 = fc2

                """)
        // Scale 2 over a deviation of √4: weights stay 2, and the bias is (0 − 2)·1 + 2.
        #expect(parameters["conv1_weight"] == Tensor(repeating: 2, [2, 1, 1, 1]))
        #expect(parameters["conv1_bias"] == Tensor(repeating: 0, [2]))
        #expect(Set(parameters.tensors.keys) == Set(graph.variables.map { graph.name(of: $0.value) }))
    }

    @Test func aLayerWithOtherReadersKeepsItsNormalisation() throws {
        var builder = GraphBuilder()
        let x = builder.input("image", TensorType([2, 2]))
        let weight = builder.variable("weight", [2, 2], role: .weight)
        let vectors = (0..<4).map { builder.variable("vector\($0)", [2], role: .statistic) }
        let op = Op.batchNormalization(BatchNormalizationAttributes())
        let shared = try builder.apply(.linear, x, weight)
        builder.output("normalized", try builder.apply(op, [shared] + vectors)[0])
        builder.output("raw", shared)
        var parameters = Parameters(["weight": Tensor(repeating: 1, [2, 2])])
        for index in 0..<4 { parameters["vector\(index)"] = Tensor(repeating: 1, [2]) }
        let (graph, kept) = try builder.graph.optimizedForInference(parameters)
        #expect(GraphText(graph).description == GraphText(builder.graph).description)
        #expect(kept == parameters)
    }

    @Test func missingOrMisshapenParametersAreErrors() throws {
        let network = try TwoExitGraph()
        for name in ["conv1_weight", "bn2_variance", "fc2_weight"] {
            for tensor in [nil, Tensor(repeating: 1, [5])] {
                var parameters = network.parameters
                parameters[name] = tensor
                let error = #expect(throws: ErdeError.self) { try network.graph.optimizedForInference(parameters) }
                #expect(error?.kind == .badData)
                #expect(error?.subject == name)
            }
        }
    }

    @Test func segmentsSplitAtTheExits() throws {
        let graph = try TwoExitGraph().graph
        let segments = graph.exitSegments()
        #expect(segments.count == 2)
        for segment in segments { try GraphVerifier.verify(segment.graph) }
        let names = segments.map { segment in segment.graph.nodes.map { segment.graph.name(of: $0.outputs[0]) } }
        #expect(names == [["conv1", "bn1", "pool1", "rows1", "fc1"], ["drop", "conv2", "bn2", "pool2", "rows2", "fc2"]])
        #expect(segments.map { $0.graph.outputs.map(\.name) } == [["logits_exit1", "bn1"], ["logits_exit2"]])
        #expect(segments.map { s in s.graph.inputs.map { s.graph.name(of: $0.value) } } == [["image"], ["bn1"]])
        #expect(segments.map(\.liveAfter) == [["bn1"], []])
        let cost = segments.map { $0.graph.cost().cumulativeMACs[0] }
        #expect([cost[0], cost[0] + cost[1]] == graph.cost().cumulativeMACs)
    }

    @Test func aTensorIsKeptAcrossASegmentThatDoesNotReadIt() throws {
        var builder = GraphBuilder()
        let image = builder.input("image", TensorType([2, 3]))
        let w = builder.variable("w", [3], role: .weight)
        let square = try builder.apply(.multiply, w, w, name: "square")
        let early = try builder.apply(.add, image, square, name: "early")
        builder.output("logits_exit1", early)
        let middle = try builder.apply(.relu, early, name: "middle")
        builder.output("logits_exit2", middle)
        builder.output("logits_exit3", try builder.apply(.multiply, image, square, name: "late"))
        builder.output("logits_exit4", try builder.apply(.subtract, early, middle, name: "last"))
        let segments = builder.graph.exitSegments()
        for segment in segments { try GraphVerifier.verify(segment.graph) }
        #expect(
            segments.map { $0.graph.outputs.map(\.name) }
                == [["logits_exit1", "early"], ["logits_exit2", "middle"], ["logits_exit3"], ["logits_exit4"]])
        #expect(
            segments.map { s in s.graph.inputs.map { s.graph.name(of: $0.value) } }
                == [["image"], ["early"], ["image"], ["early", "middle"]])
        #expect(segments.map(\.liveAfter) == [["image", "early"], ["image", "early", "middle"], ["early", "middle"], []])
        // What no image enters has no rows to carry, so the third segment squares again.
        #expect(segments[2].graph.nodes.map(\.op.name) == ["multiply", "multiply"])
    }

    @Test func deadNodesVariablesAndConstantsGoAndUpdatesStay() throws {
        var builder = GraphBuilder()
        let x = builder.input("x", TensorType([2, 3]))
        let unused = builder.input("unused", TensorType([2, 3]))
        let used = builder.variable("used", [3], role: .weight)
        let dead = builder.variable("dead", [3], role: .weight)
        let counted = builder.variable("counted", [3], role: .statistic)
        let one = builder.constant("one", Tensor(1))
        _ = builder.constant("two", Tensor(2))
        _ = try builder.apply(.multiply, unused, dead, name: "wasted")
        builder.output("y", try builder.apply(.add, x, used, name: "kept"))
        builder.update(counted, to: try builder.apply(.add, counted, one, name: "next"))
        let graph = builder.graph.removingDeadNodes()
        try GraphVerifier.verify(graph)
        #expect(
            GraphText(graph).description == """
                input x: float32[2, 3], batched
                input unused: float32[2, 3], batched
                weight used: float32[3]
                statistic counted: float32[3]
                constant one: float32[] = {1.0}
                kept: float32[2, 3] = add(x, used)
                next: float32[3] = add(counted, one)
                output y = kept
                update counted = next

                """)
        #expect(GraphText(graph.removingDeadNodes()).description == GraphText(graph).description)
    }
}
