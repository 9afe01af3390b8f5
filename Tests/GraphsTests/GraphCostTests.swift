import Diagnostics
import Graphs
import Tensors
import Testing

@Suite struct GraphCostTests {
    /// A layer without bias.
    private func convolution(
        _ x: Value, _ channels: Int, kernel: Int, strides: Int = 1, padding: Int = 0, groups: Int = 1,
        _ builder: inout GraphBuilder
    ) throws -> Value {
        let shape: Shape = [channels, builder.shape(of: x)[1] / groups, kernel, kernel]
        let weight = builder.variable("weight", shape, role: .weight)
        let attributes = ConvolutionAttributes(
            strides: Extent(strides), padding: Padding(padding), groups: groups)
        return try builder.apply(.convolution(attributes), x, weight)
    }

    private func head(_ exit: Int, _ x: Value, _ builder: inout GraphBuilder) throws {
        let pooled = try builder.apply(.averagePool(PoolAttributes(kernel: Extent(2), strides: Extent(2))), x)
        let features = builder.shape(of: pooled).dimensions.dropFirst().reduce(1, *)
        let rows = try builder.apply(.reshape(trailing: [features]), pooled)
        let weight = builder.variable("head_weight", [10, features], role: .weight)
        let bias = builder.variable("head_bias", [10], role: .bias)
        builder.output("logits_exit\(exit)", try builder.apply(.linear, rows, weight, bias))
    }

    @Test(arguments: [1, 64]) func aResidualNetworkCountsBackboneAndHeadsOfOneImage(batch: Int) throws {
        var builder = GraphBuilder()
        let image = builder.input("image", TensorType([batch, 1, 28, 28]))
        let stem = try convolution(image, 16, kernel: 3, padding: 1, &builder)
        let inner = try convolution(stem, 16, kernel: 3, padding: 1, &builder)
        let first = try builder.apply(.add, stem, convolution(inner, 16, kernel: 3, padding: 1, &builder))
        try head(1, first, &builder)
        let down = try convolution(first, 32, kernel: 3, strides: 2, padding: 1, &builder)
        let outer = try convolution(down, 32, kernel: 3, padding: 1, &builder)
        let shortcut = try convolution(first, 32, kernel: 1, strides: 2, &builder)
        try head(2, builder.apply(.add, outer, shortcut), &builder)

        let cost = builder.graph.cost()
        // Stage 1, 28x28: stem 28·28·16·1·9 = 112,896; two 3x3 of 16 channels, 28·28·16·16·9 = 1,806,336 each;
        // head 16·14·14·10 = 31,360. Sum 112,896 + 2·1,806,336 + 31,360 = 3,756,928.
        // Stage 2, 14x14: 14·14·32·16·9 = 903,168; 14·14·32·32·9 = 1,806,336; shortcut 14·14·32·16 = 100,352;
        // head 32·7·7·10 = 15,680. Sum 2,825,536. A separate
        // PyTorch implementation of this network reports the same exits as 3.76 M and 6.58 M.
        #expect(cost.cumulativeMACs == [3_756_928, 3_756_928 + 2_825_536])
        #expect(cost.nodeMACs.reduce(0, +) == 6_582_464)
        #expect(cost.nodeMACs.count == builder.graph.nodes.count)
        // 144 + 2·2,304 + (31,360 + 10) + 4,608 + 9,216 + 512 + (15,680 + 10)
        #expect(cost.parameterCount == 66_148)
    }

    @Test func groupsDivideTheInputChannels() throws {
        var builder = GraphBuilder()
        let image = builder.input("image", TensorType([3, 12, 9, 5]))
        _ = try convolution(image, 12, kernel: 3, padding: 1, &builder)
        _ = try convolution(image, 12, kernel: 3, padding: 1, groups: 3, &builder)
        _ = try convolution(image, 12, kernel: 3, padding: 1, groups: 12, &builder)
        _ = try convolution(image, 24, kernel: 3, strides: 2, groups: 12, &builder)
        // 9·5 places: 45·12·12·9, a third of it, a twelfth of it; then 4·2 places of 24 channels over one each.
        #expect(builder.graph.cost().nodeMACs == [58_320, 19_440, 4_860, 8 * 24 * 9])
    }

    @Test func whatOutputsShareIsCountedOnceAndDeadCodeNotAtAll() throws {
        var builder = GraphBuilder()
        let x = builder.input("x", TensorType([7, 6]))
        let weights = (0..<3).map { _ in builder.variable("weight", [6, 6], role: .weight) }
        let statistic = builder.variable("mean", [6], role: .statistic)
        let trunk = try builder.apply(.linear, x, weights[0])
        _ = try builder.apply(.linear, x, weights[2])
        builder.output("first", try builder.apply(.add, trunk, statistic))
        builder.output("second", trunk)
        builder.output("third", try builder.apply(.linear, trunk, weights[1]))
        let cost = builder.graph.cost()
        #expect(cost.cumulativeMACs == [36, 36, 72])
        #expect(cost.parameterCount == 108)
    }
}
