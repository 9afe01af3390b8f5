import Artifacts
import Diagnostics
import Graphs
import Tensors

/// Adds the layers of an early-exit network to a graph, creating their variables under the layers' names.
struct NetworkBuilder {
    var builder = GraphBuilder()

    /// `[N,I,H,W] → [N,O,⌈H/stride⌉,⌈W/stride⌉]`, odd square kernel, no bias.
    mutating func convolution(
        _ x: Value, _ name: String, channels: Int, kernel: Int, stride: Int = 1
    ) throws(ErdeError) -> Value {
        let weight = builder.variable(
            "\(name)_weight", [channels, builder.shape(of: x)[1], kernel, kernel], role: .weight)
        let attributes = ConvolutionAttributes(strides: Extent(stride), padding: Padding(kernel / 2))
        return try builder.apply(.convolution(attributes), x, weight, name: name)
    }

    /// Batch normalisation with running statistics, then ReLU.
    mutating func activation(_ x: Value, _ name: String) throws(ErdeError) -> Value {
        let channels: Shape = [builder.shape(of: x)[1]]
        let operands = [
            x, builder.variable("\(name)_scale", channels, role: .bias),
            builder.variable("\(name)_bias", channels, role: .bias),
            builder.variable("\(name)_mean", channels, role: .statistic),
            builder.variable("\(name)_variance", channels, role: .statistic),
        ]
        let normalized = try builder.apply(.batchNormalization(BatchNormalizationAttributes()), operands, name: name)[0]
        return try builder.apply(.relu, normalized, name: "\(name)_relu")
    }

    /// A pre-activation basic block (He et al., 2016): `x + conv(relu(norm(conv(relu(norm(x))))))`.
    ///
    /// Where the shape changes, the shortcut is a 1x1 convolution of the activated input.
    mutating func block(_ x: Value, _ name: String, channels: Int, stride: Int) throws(ErdeError) -> Value {
        let first = try activation(x, "\(name)_norm1")
        var y = try convolution(first, "\(name)_conv1", channels: channels, kernel: 3, stride: stride)
        y = try activation(y, "\(name)_norm2")
        y = try convolution(y, "\(name)_conv2", channels: channels, kernel: 3)
        var shortcut = x
        if stride != 1 || builder.shape(of: x)[1] != channels {
            shortcut = try convolution(first, "\(name)_shortcut", channels: channels, kernel: 1, stride: stride)
        }
        return try builder.apply(.add, y, shortcut, name: "\(name)_add")
    }

    /// An exit (ERDE): batch normalisation, ReLU, pooling, dropout, one fully connected layer on the flattened map.
    mutating func exit(
        _ x: Value, index: Int, head: ArchitectureDescription.Head, dropout: Double, classes: Int
    ) throws(ErdeError) {
        let name = "exit\(index + 1)"
        var y = try activation(x, "\(name)_norm")
        y = try pool(y, "\(name)_pool", head)
        y = try builder.apply(
            .reshape(trailing: [builder.shape(of: y).dimensions.dropFirst().reduce(1, *)]), y, name: "\(name)_flatten")
        if dropout > 0 { y = try builder.apply(.dropout(rate: dropout), y, name: "\(name)_dropout") }
        let weight = builder.variable("\(name)_linear_weight", [classes, builder.shape(of: y)[1]], role: .weight)
        let bias = builder.variable("\(name)_linear_bias", [classes], role: .bias)
        let logits = try builder.apply(.linear, y, weight, bias, name: Model.outputName(exit: index))
        builder.output(Model.outputName(exit: index), logits)
    }

    private mutating func pool(
        _ x: Value, _ name: String, _ head: ArchitectureDescription.Head
    ) throws(ErdeError) -> Value {
        guard head != .global else { return try builder.apply(.globalAveragePool, x, name: name) }
        let shape = builder.shape(of: x)
        let (height, width) = (head.window(over: shape[2]), head.window(over: shape[3]))
        let attributes = PoolAttributes(
            kernel: Extent(height: height.kernel, width: width.kernel),
            strides: Extent(height: height.stride, width: width.stride))
        return try builder.apply(.averagePool(attributes), x, name: name)
    }
}
