import Architectures
import Artifacts
import Execution
import Graphs
import ReferenceEngine
import Tensors
import TestSupport

/// Small networks with random contents, and what the reference engine makes of them.
enum SampleNetworks {
    /// A real early-exit network of awkward sizes.
    static func preResNet(head: ArchitectureDescription.Head = .pool2) throws -> Model {
        let image = ImageFormat(channels: 3, height: 13, width: 17)
        let architecture = ArchitectureDescription(
            family: .preresnet, widths: [5, 7, 11], blocks: [1, 2, 1], stem: 5, head: head, headDropout: 0.3)
        let graph = try architecture.buildGraph(
            image: image, classes: 4, mean: [0.1, 0.2, 0.3], standardDeviation: [0.5, 0.25, 1 / 3])
        return model(graph, image: image, classes: ["cat", "dog \"quoted\" \\", "ü/ß", "line\nbreak?"])
    }

    /// A network of every other family, by name.
    static let families = [
        "vgg:widths=5,7,3:blocks=1,2,1:exits=2,4", "mobilenetv2:widths=3,5,5:blocks=1,2,1:last=11",
        "densenet:blocks=2,3:growth=3:head=pool2:exits=3", "msdnet:layers=4:base=1:step=1:growth=3:stem=5",
    ]

    static func network(named name: String) throws -> Model {
        let image = ImageFormat(channels: 3, height: 13, width: 17)
        let graph = try ArchitectureDescription(parsing: name).buildGraph(
            image: image, classes: 4, mean: [0.1, 0.2, 0.3], standardDeviation: [0.5, 0.25, 1 / 3])
        return model(graph, image: image, classes: ["a", "b", "c", "d"])
    }

    /// Two exits over the layers that the first network has not.
    static func manyLayers() throws -> Model {
        var builder = GraphBuilder()
        let image = ImageFormat(channels: 3, height: 9, width: 8)
        var x = builder.input(Model.inputName, TensorType([1, 3, 9, 8]))
        x = try builder.apply(
            .convolution(
                ConvolutionAttributes(
                    strides: Extent(height: 1, width: 2), padding: Padding(top: 1, left: 2, bottom: 1, right: 2),
                    dilations: Extent(height: 2, width: 1), groups: 3)), x,
            builder.variable("grouped_weight", [6, 1, 3, 2], role: .weight),
            builder.variable("grouped_bias", [6], role: .bias), name: "grouped")
        x = try awkwardLayers(x, averagePadding: Padding(top: 1, left: 1, bottom: 1, right: 1), &builder)
        x = try builder.apply(.multiply, x, try builder.apply(.hardSigmoid(slope: 0.16666667, offset: 0.5), x))
        x = try builder.apply(.multiply, x, try builder.apply(.sigmoid, x))
        x = try builder.apply(.add, x, try builder.apply(.errorFunction, x))
        x = try builder.apply(.pad(Padding(top: 1, left: 2, bottom: 0, right: 3)), x)
        x = try builder.apply(.crop(Padding(top: 0, left: 1, bottom: 1, right: 4)), x)
        let ahead = try builder.apply(.channelSlice(start: 2, count: 4), x)
        x = try builder.apply(.concatenate, ahead, try builder.apply(.channelSlice(start: 0, count: 2), x))
        x = try builder.apply(.transpose(permutation: [0, 2, 3, 1]), x)
        x = try builder.apply(.transpose(permutation: [0, 3, 1, 2]), x)
        let planes = try builder.apply(.reduceMean(Reduction(axes: [2, 3], keepsAxes: true)), x)
        let pooled = try builder.apply(.add, try builder.apply(.globalAveragePool, x), planes)
        let rows = try builder.apply(.reshape(trailing: [6]), pooled, name: "exit1_flatten")
        builder.output(
            "logits_exit1",
            try builder.apply(
                .linear, rows, builder.variable("exit1_linear_weight", [4, 6], role: .weight),
                builder.variable("exit1_linear_bias", [4], role: .bias), name: "logits_exit1"))
        x = try builder.apply(
            .averagePool(PoolAttributes(kernel: Extent(2), strides: Extent(2), padding: Padding(1))), x)
        x = try builder.apply(.maximum, x, builder.constant("floor", Tensor(0.01)))
        x = try builder.apply(.exp, try builder.apply(.log, try builder.apply(.squareRoot, x)))
        x = try builder.apply(.multiply, x, planes)
        let sums = try builder.apply(.reduceSum(Reduction(axes: [2, 3])), x)
        let last = try builder.apply(.logSoftmax, sums)
        builder.output(
            "logits_exit2",
            try builder.apply(
                .linear, last, builder.variable("last_weight", [4, 6], role: .weight), name: "logits_exit2"))
        return model(builder.graph, image: image, classes: ["a", "b", "c", "d"])
    }

    /// A graph with random contents.
    static func model(_ graph: Graph, image: ImageFormat, classes: [String]) -> Model {
        var random = RandomTensors(seed: 11)
        var parameters = Parameters()
        for variable in graph.variables {
            let shape = graph.shape(of: variable.value)
            // A variance of 1 over what a weight adds up keeps values small however deep the network is.
            let bound = variable.role == .weight ? (3 / Float(shape.dimensions.dropFirst().reduce(1, *))).squareRoot() : 1
            parameters[graph.name(of: variable.value)] = random.uniform(
                shape, in: variable.role == .statistic ? 0.5...1.5 : -bound...bound)
        }
        let metadata = ModelMetadata(
            role: .student, classNames: classes, image: image, cumulativeMACs: graph.cost().cumulativeMACs,
            provenance: Provenance(version: erdeVersion))
        return Model(graph: graph, parameters: parameters, metadata: metadata)
    }

    static func images(_ model: Model, count: Int) -> Tensor {
        var random = RandomTensors(seed: 5)
        let image = model.metadata.image
        return random.uniform([count, image.channels, image.height, image.width], in: 0...1)
    }

    /// The logits of every exit, `[N, K]` each.
    static func logits(_ model: Model, _ images: Tensor) throws -> [Tensor] {
        let graph = try model.graph.rebatched(images.shape[0])
        let executable = try ReferenceEngine().compile(graph, parameters: model.parameters, options: CompilationOptions())
        let results = try executable.run([Model.inputName: images])
        return graph.outputs.compactMap { results[$0.name] }
    }
}
