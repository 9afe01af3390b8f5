import Graphs
import Tensors
import TestSupport

/// A small residual network with two exits as it is trained: forward in training form, cross-entropy of both exits,
/// gradients, and a momentum update of every trainable variable.
struct TrainingGraph {
    let graph: Graph
    let parameters: Parameters
    let batch: Int
    static let classes = 5

    init(batch: Int, channels: Int) throws {
        self.batch = batch
        var builder = GraphBuilder()
        let image = builder.input("image", TensorType([batch, 3, 9, 7]))
        let labels = builder.input("labels", TensorType([batch], .int32))
        let seed = builder.input("dropout_seed", TensorType([2], .int32), isBatched: false)
        let learningRate = builder.input("learning_rate", TensorType(.scalar), isBatched: false)
        let canonical = try Self.network(batch: batch, channels: channels)
        let form = try builder.inlineForTraining(canonical, image: image, dropoutSeed: seed)

        let targets = try builder.apply(.oneHot(classes: Self.classes), labels)
        var loss: Value?
        for logits in form.outputs {
            let picked = try builder.apply(.multiply, targets, builder.apply(.logSoftmax, logits))
            let total = try builder.apply(.reduceSum(Reduction(axes: [0, 1])), picked)
            let crossEntropy = try builder.apply(.affine(scale: -1 / Double(batch), offset: 0), total)
            loss = try loss.map { try builder.apply(.add, $0, crossEntropy) } ?? crossEntropy
        }
        builder.output("loss", loss!)
        for (exit, logits) in form.outputs.enumerated() { builder.output("logits_exit\(exit + 1)", logits) }

        let trainable = builder.graph.variables.filter(\.isTrainable)
        let slopes = try gradients(of: loss!, withRespectTo: trainable.map(\.value), in: &builder)
        var norm: Value?
        for slope in slopes {
            let square = try builder.apply(.sumOfSquares, slope)
            norm = try norm.map { try builder.apply(.add, $0, square) } ?? square
        }
        builder.output("squared_gradient_norm", norm!)
        let scale = builder.constant("gradient_scale", Tensor(1))
        for (variable, slope) in zip(trainable, slopes) {
            let name = "\(builder.graph.name(of: variable.value))_velocity"
            let velocity = builder.variable(name, builder.shape(of: variable.value), role: .optimizer)
            let step = MomentumAttributes(
                momentum: 0.9, weightDecay: variable.role == .weight ? 5e-4 : 0, nesterov: true)
            let updated = try builder.apply(
                .momentumUpdate(step), [variable.value, slope, velocity, learningRate, scale])
            builder.update(variable.value, to: updated[0])
            builder.update(velocity, to: updated[1])
        }
        graph = builder.graph
        parameters = Self.initialParameters(of: graph)
    }

    /// What to feed in one step.
    func inputs(step: Int) -> [String: Tensor] {
        var random = RandomTensors(seed: 50 + UInt64(step))
        return [
            "image": random.uniform([batch, 3, 9, 7], in: 0...1),
            "labels": random.indices([batch], below: Self.classes),
            "dropout_seed": Tensor([2], [Int32(step), 99]),
            "learning_rate": Tensor(0.05),
        ]
    }

    private static func network(batch: Int, channels: Int) throws -> Graph {
        var builder = GraphBuilder()
        let image = builder.input("image", TensorType([batch, 3, 9, 7]))
        let stem = try convolution("stem", image, to: channels, &builder)
        let first = try builder.apply(.relu, normalization("first", stem, &builder))
        let inner = try convolution("inner", first, to: channels, &builder)
        let second = try builder.apply(.relu, normalization("second", inner, &builder))
        let sum = try builder.apply(.add, convolution("outer", second, to: channels, &builder), stem)
        let trunk = try builder.apply(.relu, sum)
        try exit(1, builder.apply(.averagePool(PoolAttributes(kernel: Extent(2), strides: Extent(2))), trunk), &builder)
        let down = try convolution("down", trunk, to: 2 * channels, stride: 2, &builder)
        let pooled = try builder.apply(.maxPool(PoolAttributes(kernel: Extent(2), strides: Extent(2))), down)
        try exit(2, builder.apply(.globalAveragePool, builder.apply(.relu, normalization("last", pooled, &builder))), &builder)
        return builder.graph
    }

    private static func convolution(
        _ name: String, _ x: Value, to channels: Int, stride: Int = 1, _ builder: inout GraphBuilder
    ) throws -> Value {
        let weight = builder.variable("\(name)_weight", [channels, builder.shape(of: x)[1], 3, 3], role: .weight)
        let attributes = ConvolutionAttributes(strides: Extent(stride), padding: Padding(1))
        return try builder.apply(.convolution(attributes), x, weight, name: name)
    }

    private static func normalization(_ name: String, _ x: Value, _ builder: inout GraphBuilder) throws -> Value {
        let channels: Shape = [builder.shape(of: x)[1]]
        let operands = [
            x, builder.variable("\(name)_scale", channels, role: .bias),
            builder.variable("\(name)_shift", channels, role: .bias),
            builder.variable("\(name)_mean", channels, role: .statistic),
            builder.variable("\(name)_variance", channels, role: .statistic),
        ]
        return try builder.apply(.batchNormalization(.init()), operands, name: name)[0]
    }

    private static func exit(_ number: Int, _ x: Value, _ builder: inout GraphBuilder) throws {
        let features = builder.shape(of: x).dimensions.dropFirst().reduce(1, *)
        let rows = try builder.apply(.reshape(trailing: [features]), x)
        let kept = try builder.apply(.dropout(rate: 0.25), rows)
        let weight = builder.variable("exit\(number)_weight", [classes, features], role: .weight)
        let bias = builder.variable("exit\(number)_bias", [classes], role: .bias)
        builder.output("logits_exit\(number)", try builder.apply(.linear, kept, weight, bias))
    }

    private static func initialParameters(of graph: Graph) -> Parameters {
        var random = RandomTensors(seed: 49)
        var parameters = Parameters()
        for variable in graph.variables {
            let (name, shape) = (graph.name(of: variable.value), graph.shape(of: variable.value))
            parameters[name] =
                switch variable.role {
                case .weight: random.uniform(shape, in: -0.3...0.3)
                case .bias: random.uniform(shape, in: 0.5...1)
                case .statistic: random.uniform(shape, in: 0.5...1)
                case .optimizer: Tensor(repeating: 0, shape)
                }
        }
        return parameters
    }
}
