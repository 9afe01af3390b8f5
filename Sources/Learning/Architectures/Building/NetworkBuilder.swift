import Artifacts
import Diagnostics
import Graphs
import Tensors

/// Adds the layers of an early-exit network to a graph, creating their variables under the layers' names.
///
/// Names of layers that consist of several: `<name>_conv`, `<name>_norm`.
struct NetworkBuilder {
    /// What a layer does to its normalised result.
    enum Activation {
        case none
        case relu
        /// `min(max(x, 0), 6)`
        case relu6
    }

    var builder = GraphBuilder()
    private let exits: Set<Int>
    private let head: ArchitectureDescription.Head
    private let dropout: Double
    private let classes: Int
    private var blocks = 0
    private var exitCount = 0

    init(_ description: ArchitectureDescription, classes: Int) {
        exits = Set(description.exitBlocks)
        head = description.head
        dropout = description.headDropout
        self.classes = classes
    }

    /// Goes on with a network that stands already.
    init(extending builder: GraphBuilder, head: ArchitectureDescription.Head, dropout: Double, classes: Int) {
        self.builder = builder
        exits = []
        self.head = head
        self.dropout = dropout
        self.classes = classes
    }

    func channels(of x: Value) -> Int { builder.shape(of: x)[1] }

    /// `[N,I,H,W] → [N,O,⌈H/stride⌉,⌈W/stride⌉]`, odd square kernel, no bias.
    mutating func convolution(
        _ x: Value, _ name: String, channels: Int, kernel: Int, stride: Int = 1, groups: Int = 1
    ) throws(ErdeError) -> Value {
        let weight = builder.variable(
            "\(name)_weight", [channels, self.channels(of: x) / groups, kernel, kernel], role: .weight)
        let attributes = ConvolutionAttributes(
            strides: Extent(stride), padding: Padding(kernel / 2), groups: groups)
        return try builder.apply(.convolution(attributes), x, weight, name: name)
    }

    /// Batch normalisation with running statistics, then the activation.
    mutating func normalization(
        _ x: Value, _ name: String, then activation: Activation = .relu
    ) throws(ErdeError) -> Value {
        let channels: Shape = [builder.shape(of: x)[1]]
        let operands = [
            x, builder.variable("\(name)_scale", channels, role: .bias),
            builder.variable("\(name)_bias", channels, role: .bias),
            builder.variable("\(name)_mean", channels, role: .statistic),
            builder.variable("\(name)_variance", channels, role: .statistic),
        ]
        let normalized = try builder.apply(.batchNormalization(BatchNormalizationAttributes()), operands, name: name)[0]
        switch activation {
        case .none: return normalized
        case .relu: return try builder.apply(.relu, normalized, name: "\(name)_relu")
        case .relu6: return try builder.apply(.clip(lower: 0, upper: 6), normalized, name: "\(name)_relu6")
        }
    }

    /// A convolution, batch normalisation, and the activation.
    mutating func layer(
        _ x: Value, _ name: String, channels: Int, kernel: Int, stride: Int = 1, groups: Int = 1,
        then activation: Activation = .relu
    ) throws(ErdeError) -> Value {
        let y = try convolution(
            x, "\(name)_conv", channels: channels, kernel: kernel, stride: stride, groups: groups)
        return try normalization(y, "\(name)_norm", then: activation)
    }

    /// How a 2x2 window halves an image, rounding down; an axis of one pixel is left as it is.
    func halving(_ x: Value) -> PoolAttributes {
        let shape = builder.shape(of: x)
        let window = Extent(height: min(2, shape[2]), width: min(2, shape[3]))
        return PoolAttributes(kernel: window, strides: window)
    }

    /// Ends a block, and adds an exit where one stands.
    ///
    /// - Parameter isActive: whether the features are normalised and rectified already; where not, the exit does it first.
    mutating func endBlock(_ x: Value, isActive: Bool) throws(ErdeError) {
        blocks += 1
        guard exits.contains(blocks) else { return }
        try addExit(x, isActive: isActive)
    }

    /// Adds the next exit.
    mutating func addExit(_ x: Value, isActive: Bool = false) throws(ErdeError) {
        try exit(x, isActive: isActive)
        exitCount += 1
    }

    /// An exit (ERDE): batch normalisation, ReLU, pooling, dropout, one fully connected layer on the flattened map.
    private mutating func exit(_ x: Value, isActive: Bool) throws(ErdeError) {
        let output = Model.outputName(exit: exitCount)
        let name = "exit\(exitCount + 1)"
        var y = isActive ? x : try normalization(x, "\(name)_norm")
        if head == .convolutions {
            for number in 1...2 { y = try layer(y, "\(name)_layer\(number)", channels: 128, kernel: 3, stride: 2) }
        }
        y = try pool(y, "\(name)_pool")
        y = try builder.apply(
            .reshape(trailing: [builder.shape(of: y).dimensions.dropFirst().reduce(1, *)]), y, name: "\(name)_flatten")
        if dropout > 0 { y = try builder.apply(.dropout(rate: dropout), y, name: "\(name)_dropout") }
        let weight = builder.variable("\(name)_linear_weight", [classes, builder.shape(of: y)[1]], role: .weight)
        let bias = builder.variable("\(name)_linear_bias", [classes], role: .bias)
        builder.output(output, try builder.apply(.linear, y, weight, bias, name: output))
    }

    private mutating func pool(_ x: Value, _ name: String) throws(ErdeError) -> Value {
        guard head != .global else { return try builder.apply(.globalAveragePool, x, name: name) }
        let shape = builder.shape(of: x)
        let (height, width) = (head.window(over: shape[2]), head.window(over: shape[3]))
        let attributes = PoolAttributes(
            kernel: Extent(height: height.kernel, width: width.kernel),
            strides: Extent(height: height.stride, width: width.stride))
        return try builder.apply(.averagePool(attributes), x, name: name)
    }
}
