import Diagnostics
import Graphs
import ReferenceEngine
import Tensors
import TestSupport

/// A small pre-activation network with two exits, five classes, a shortcut, a grouped and a depthwise convolution,
/// dropout in its heads and random weights: one of everything that rewrites care about.
struct ExitNetwork {
    let graph: Graph
    let parameters: Parameters
    let inputs: [String: [Double]]

    init(batch: Int) throws {
        var builder = GraphBuilder()
        let image = builder.input("image", TensorType([batch, 2, 7, 7]))
        let stem = try Self.convolution("stem", image, channels: 4, kernel: 3, hasBias: true, &builder)
        let trunk = try builder.apply(.relu, Self.normalization("stem_bn", stem, &builder))
        let first = try Self.normalization("a_bn1", trunk, &builder)
        let inner = try Self.convolution("a_conv1", first, channels: 4, kernel: 3, groups: 2, &builder)
        let middle = try builder.apply(.relu, Self.normalization("a_bn2", inner, &builder))
        let second = try Self.convolution("a_conv2", middle, channels: 4, kernel: 3, groups: 4, &builder)
        let sum = try builder.apply(.add, trunk, second)
        try Self.head(0, sum, &builder)
        let wide = try Self.convolution("c", sum, channels: 6, kernel: 1, strides: 2, &builder)
        let normalized = try builder.apply(.relu, Self.normalization("c_bn", wide, &builder))
        let stage = try Self.convolution("b_conv1", normalized, channels: 6, kernel: 3, &builder)
        // Reads the first part's trunk again, so that the second segment gets two tensors.
        let shortcut = try Self.convolution("b_shortcut", trunk, channels: 6, kernel: 1, strides: 2, &builder)
        try Self.head(1, builder.apply(.add, stage, shortcut), &builder)
        graph = builder.graph

        var random = RandomTensors(seed: 11)
        var parameters = Parameters()
        for variable in graph.variables {
            let (name, shape) = (graph.name(of: variable.value), graph.shape(of: variable.value))
            parameters[name] = random.uniform(shape, in: name.hasSuffix("variance") ? 0.3...2 : -0.8...0.8)
        }
        self.parameters = parameters
        inputs = ["image": random.uniform([batch, 2, 7, 7]).doubles]
    }

    func run(_ graph: Graph, _ parameters: Parameters) throws -> [String: [Double]] {
        try ReferenceEngine.evaluate(graph, inputs: inputs, variables: Self.doubles(parameters)).outputs
    }

    static func doubles(_ parameters: Parameters) -> [String: [Double]] { parameters.tensors.mapValues(\.doubles) }

    private static func convolution(
        _ name: String, _ x: Value, channels: Int, kernel: Int, strides: Int = 1, groups: Int = 1, hasBias: Bool = false,
        _ builder: inout GraphBuilder
    ) throws(ErdeError) -> Value {
        let shape: Shape = [channels, builder.shape(of: x)[1] / groups, kernel, kernel]
        var operands = [x, builder.variable("\(name)_weight", shape, role: .weight)]
        if hasBias { operands.append(builder.variable("\(name)_bias", [channels], role: .bias)) }
        let attributes = ConvolutionAttributes(strides: Extent(strides), padding: Padding(kernel / 2), groups: groups)
        return try builder.apply(.convolution(attributes), operands, name: name)[0]
    }

    private static func normalization(
        _ name: String, _ x: Value, _ builder: inout GraphBuilder
    ) throws(ErdeError) -> Value {
        let channels: Shape = [builder.shape(of: x)[1]]
        let operands = [
            x, builder.variable("\(name)_scale", channels, role: .bias),
            builder.variable("\(name)_bias", channels, role: .bias),
            builder.variable("\(name)_mean", channels, role: .statistic),
            builder.variable("\(name)_variance", channels, role: .statistic),
        ]
        return try builder.apply(.batchNormalization(BatchNormalizationAttributes()), operands, name: name)[0]
    }

    private static func head(_ exit: Int, _ x: Value, _ builder: inout GraphBuilder) throws(ErdeError) {
        let active = try builder.apply(.relu, normalization("head\(exit)_bn", x, &builder))
        let pooled = try builder.apply(.averagePool(PoolAttributes(kernel: Extent(2), strides: Extent(2))), active)
        let features = builder.shape(of: pooled).dimensions.dropFirst().reduce(1, *)
        let rows = try builder.apply(.reshape(trailing: [features]), pooled)
        let dropped = try builder.apply(.dropout(rate: 0.5), rows)
        let weight = builder.variable("head\(exit)_weight", [5, features], role: .weight)
        let bias = builder.variable("head\(exit)_bias", [5], role: .bias)
        builder.output("logits_exit\(exit + 1)", try builder.apply(.linear, dropped, weight, bias))
    }
}
