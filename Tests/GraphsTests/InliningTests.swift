import Diagnostics
import Graphs
import Tensors
import Testing

@Suite struct InliningTests {
    @Test func aCopyHasTheSameTextUnderItsScope() throws {
        let original = try TwoExitGraph().graph
        var builder = GraphBuilder()
        let image = builder.input("image", original.type(of: original.inputs[0].value))
        let bindings = [original.inputs[0].value: image]
        let values = try builder.scoped("teacher") { (builder: inout GraphBuilder) throws(ErdeError) in
            try builder.inline(original, bindings: bindings)
        }
        try GraphVerifier.verify(builder.graph)
        #expect(builder.graph.nodes.map(\.op) == original.nodes.map(\.op))
        for value in original.outputs.map(\.value) + original.variables.map(\.value) {
            let copy = try #require(values[value])
            #expect(builder.graph.name(of: copy) == "teacher_\(original.name(of: value))")
            #expect(builder.type(of: copy) == original.type(of: value))
        }
        // What a copy means is for the caller to say.
        #expect(builder.graph.outputs.isEmpty)
    }

    @Test func boundValuesAreNotComputedAgain() throws {
        let original = try TwoExitGraph().graph
        var builder = GraphBuilder()
        let image = builder.input("image", original.type(of: original.inputs[0].value))
        let trunk = builder.input("trunk", TensorType([2, 2, 4, 4]))
        let normalization = try #require(original.nodes.first { $0.op.name == "batchNormalization" })
        let values = try builder.inline(
            original, bindings: [original.inputs[0].value: image, normalization.outputs[0]: trunk])
        #expect(builder.graph.nodes.filter { $0.op.name == "batchNormalization" }.count == 1)
        #expect(values[normalization.outputs[0]] == trunk)
    }

    @Test func twoCopiesKeepTheirVariablesApartOrShareThem() throws {
        let original = try TwoExitGraph().graph
        var builder = GraphBuilder()
        let image = builder.input("image", original.type(of: original.inputs[0].value))
        let input = original.inputs[0].value
        let first = try builder.inline(original, bindings: [input: image])
        let count = builder.graph.variables.count
        var shared = [input: image]
        for variable in original.variables { shared[variable.value] = first[variable.value] }
        _ = try builder.inline(original, bindings: shared)
        #expect(builder.graph.variables.count == count)
        _ = try builder.inline(original, bindings: [input: image])
        #expect(builder.graph.variables.count == 2 * count)
        try GraphVerifier.verify(builder.graph)
    }

    @Test func theTrainingFormUsesTheBatchsStatisticsAndDrawsMasks() throws {
        let original = try TwoExitGraph().graph
        var builder = GraphBuilder()
        let image = builder.input("image", original.type(of: original.inputs[0].value))
        let seed = builder.input("seed", TensorType([2], .int32), isBatched: false)
        let form = try builder.inlineForTraining(original, image: image, dropoutSeed: seed)
        let graph = builder.graph
        try GraphVerifier.verify(graph)
        #expect(form.outputs.map { graph.name(of: $0) } == original.outputs.map { original.name(of: $0.value) })
        #expect(graph.variables.map { graph.name(of: $0.value) } == original.variables.map { original.name(of: $0.value) })
        let names = graph.nodes.map(\.op.name)
        #expect(names.filter { $0 == "batchNormalizationTraining" }.count == 2)
        #expect(!names.contains("batchNormalization"))
        #expect(graph.nodes.filter { $0.op == .randomDropout(rate: 0.5, salt: 1) }.count == 1)
        #expect(
            graph.updates.map { graph.name(of: $0.variable) } == ["bn1_mean", "bn1_variance", "bn2_mean", "bn2_variance"])
        for update in graph.updates {
            let node = try #require(graph.producer(of: update.value))
            #expect(node.op == .movingAverage(momentum: 0.1))
            #expect(node.inputs[0] == update.variable)
        }
    }

    @Test func dropoutOfRateZeroVanishesFromTheTrainingForm() throws {
        var builder = GraphBuilder()
        let x = builder.input("image", TensorType([2, 3]))
        builder.output("y", try builder.apply(.dropout(rate: 0), x))
        var training = GraphBuilder()
        let image = training.input("image", TensorType([2, 3]))
        let seed = training.input("seed", TensorType([2], .int32), isBatched: false)
        let form = try training.inlineForTraining(builder.graph, image: image, dropoutSeed: seed)
        #expect(training.graph.nodes.isEmpty)
        #expect(form.outputs == [image])
    }
}
