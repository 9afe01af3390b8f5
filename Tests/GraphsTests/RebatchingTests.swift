import Graphs
import Tensors
import Testing

@Suite struct RebatchingTests {
    @Test(arguments: [0, 1, 3, 128]) func shapesFollowTheBatchAndNothingElseChanges(batch: Int) throws {
        let original = try TwoExitGraph().graph
        let graph = try original.rebatched(batch)
        try GraphVerifier.verify(graph)
        #expect(graph.batch == batch)
        #expect(graph.outputs.map { graph.shape(of: $0.value) } == [[batch, 3], [batch, 3]])
        #expect(graph.nodes == original.nodes)
        #expect(graph.values.map(\.name) == original.values.map(\.name))
        for variable in graph.variables { #expect(graph[variable.value] == original[variable.value]) }
        #expect(graph.cost() == original.cost())
        #expect(GraphText(try graph.rebatched(2)).description == GraphText(original).description)
    }

    @Test func inputsThatAreNotBatchedKeepTheirShape() throws {
        var builder = GraphBuilder()
        let x = builder.input("x", TensorType([2, 4]))
        let seed = builder.input("seed", TensorType([2], .int32), isBatched: false)
        builder.output("y", try builder.apply(.randomDropout(rate: 0.5, salt: 0), x, seed))
        let graph = try builder.graph.rebatched(5)
        #expect(graph.shape(of: graph.inputs[1].value) == [2])
        #expect(graph.shape(of: graph.outputs[0].value) == [5, 4])
    }

    @Test func aGraphThatFixesItsBatchRefuses() throws {
        var builder = GraphBuilder()
        let x = builder.input("x", TensorType([2, 4]))
        let w = builder.variable("w", [2, 4], role: .weight)
        builder.output("y", try builder.apply(.add, x, w))
        #expect(throws: (any Error).self) { try builder.graph.rebatched(5) }
    }
}
