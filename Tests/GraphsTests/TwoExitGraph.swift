import Diagnostics
import Graphs
import Tensors

/// A canonical graph with two exits: `conv1 → bn1 → (exit 1: mean, fc1) → conv2 → dropout → bn2 → mean → fc2`.
struct TwoExitGraph {
    let graph: Graph

    init() throws {
        var builder = GraphBuilder()
        let image = builder.input("image", TensorType([2, 1, 4, 4]))
        let first = try Self.normalized("1", image, &builder)
        try Self.exit("1", first, &builder)
        let second = try Self.normalized("2", builder.apply(.dropout(rate: 0.5), first, name: "drop"), &builder)
        try Self.exit("2", second, &builder)
        graph = builder.graph
    }

    /// Contents for all variables: every variance 4, everything else 2.
    var parameters: Parameters {
        var parameters = Parameters()
        for variable in graph.variables {
            let name = graph.name(of: variable.value)
            parameters[name] = Tensor(repeating: name.hasSuffix("variance") ? 4 : 2, graph.shape(of: variable.value))
        }
        return parameters
    }

    private static func normalized(
        _ suffix: String, _ x: Value, _ builder: inout GraphBuilder
    ) throws(ErdeError) -> Value {
        let weight = builder.variable("conv\(suffix)_weight", [2, builder.shape(of: x)[1], 1, 1], role: .weight)
        let convolved = try builder.apply(.convolution(ConvolutionAttributes()), x, weight, name: "conv\(suffix)")
        let leaves = [
            builder.variable("bn\(suffix)_scale", [2], role: .bias),
            builder.variable("bn\(suffix)_bias", [2], role: .bias),
            builder.variable("bn\(suffix)_mean", [2], role: .statistic),
            builder.variable("bn\(suffix)_variance", [2], role: .statistic),
        ]
        let op = Op.batchNormalization(BatchNormalizationAttributes(epsilon: 0))
        return try builder.apply(op, [convolved] + leaves, name: "bn\(suffix)")[0]
    }

    private static func exit(_ suffix: String, _ x: Value, _ builder: inout GraphBuilder) throws(ErdeError) {
        let pooled = try builder.apply(.globalAveragePool, x, name: "pool\(suffix)")
        let rows = try builder.apply(.reshape(trailing: [2]), pooled, name: "rows\(suffix)")
        let weight = builder.variable("fc\(suffix)_weight", [3, 2], role: .weight)
        builder.output("logits_exit\(suffix)", try builder.apply(.linear, rows, weight, name: "fc\(suffix)"))
    }
}
