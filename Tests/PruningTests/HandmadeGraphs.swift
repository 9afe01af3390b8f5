import Artifacts
import Graphs
import Tensors
import TestSupport

/// Graphs with operators that our own families do not have, as imported files may.
struct HandmadeGraph {
    var builder = GraphBuilder()
    let image: Value
    private var count = 0

    init(channels: Int = 2, side: Int = 6) {
        image = builder.input(Model.inputName, TensorType([1, channels, side, side]))
    }

    mutating func convolution(
        _ x: Value, _ name: String, channels: Int, groups: Int = 1, bias: Bool = true
    ) throws -> Value {
        let weight = builder.variable(
            "\(name)_weight", [channels, builder.shape(of: x)[1] / groups, 3, 3], role: .weight)
        var operands = [x, weight]
        if bias { operands.append(builder.variable("\(name)_bias", [channels], role: .bias)) }
        return try builder.apply(
            .convolution(ConvolutionAttributes(padding: Padding(1), groups: groups)), operands, name: name)[0]
    }

    mutating func linear(_ x: Value, _ name: String, features: Int) throws -> Value {
        let weight = builder.variable("\(name)_weight", [features, builder.shape(of: x)[1]], role: .weight)
        let bias = builder.variable("\(name)_bias", [features], role: .bias)
        return try builder.apply(.linear, x, weight, bias, name: name)
    }

    /// The graph that answers with `x` flattened and one fully connected layer.
    mutating func finished(_ x: Value) throws -> Graph {
        let features = builder.shape(of: x).dimensions.dropFirst().reduce(1, *)
        let flat = try builder.apply(.reshape(trailing: [features]), x, name: "flatten")
        builder.output("logits_exit1", try linear(flat, "classifier", features: 3))
        return builder.graph
    }

    static func contents(of graph: Graph) -> Parameters {
        var random = RandomTensors(seed: 5)
        var parameters = Parameters()
        for variable in graph.variables {
            parameters[graph.name(of: variable.value)] = random.uniform(graph.shape(of: variable.value), in: -1...1)
        }
        return parameters
    }

    // MARK: The graphs

    /// A convolution in two groups of two and three channels, after one in one.
    static func grouped() throws -> Graph {
        var network = HandmadeGraph()
        let x = try network.convolution(network.image, "first", channels: 8)
        let y = try network.convolution(try network.builder.apply(.relu, x), "grouped", channels: 12, groups: 4)
        return try network.finished(try network.convolution(y, "last", channels: 5))
    }

    /// Squeeze and excitation: each channel is scaled by a share that depends on the means of all.
    static func squeezed() throws -> Graph {
        var network = HandmadeGraph()
        let x = try network.convolution(network.image, "first", channels: 6)
        let means = try network.builder.apply(.globalAveragePool, x, name: "means")
        let rows = try network.builder.apply(.reshape(trailing: [6]), means, name: "rows")
        let narrow = try network.builder.apply(.relu, try network.linear(rows, "squeeze", features: 4))
        let wide = try network.linear(narrow, "excite", features: 6)
        let plane = try network.builder.apply(.reshape(trailing: [6, 1, 1]), wide, name: "plane")
        return try network.finished(try network.builder.apply(.multiply, x, plane, name: "scaled"))
    }

    /// One half of the channels goes through a convolution, the other past it; and a constant for each channel is added.
    static func split() throws -> Graph {
        var network = HandmadeGraph()
        let x = try network.convolution(network.image, "first", channels: 7)
        let left = try network.builder.apply(.channelSlice(start: 0, count: 3), x, name: "left")
        let right = try network.builder.apply(.channelSlice(start: 3, count: 4), x, name: "right")
        let y = try network.convolution(left, "inner", channels: 5)
        let joined = try network.builder.apply(.concatenate, y, right, name: "joined")
        let shift = network.builder.constant("shift", Tensor([1, 9, 1, 1], (0..<9).map { 0.1 * Float($0) }))
        return try network.finished(try network.builder.apply(.add, joined, shift, name: "shifted"))
    }

    /// A softmax over channels of rows in the middle: nothing that it reads can go, and what lies before that can.
    static func mixed() throws -> Graph {
        var network = HandmadeGraph()
        let x = try network.convolution(network.image, "first", channels: 6)
        let y = try network.convolution(x, "second", channels: 4)
        let means = try network.builder.apply(.reduceMean(Reduction(axes: [2, 3])), y, name: "means")
        let mixed = try network.builder.apply(.logSoftmax, means, name: "shares")
        let wide = try network.linear(mixed, "wide", features: 10)
        let rows = try network.builder.apply(.relu, wide)
        network.builder.output("logits_exit1", try network.linear(rows, "classifier", features: 3))
        return network.builder.graph
    }
}
