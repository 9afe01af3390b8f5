import Architectures
import Artifacts
import Diagnostics
import Graphs
import Tensors
import TestSupport

/// Small models for the tests of this target.
enum SampleModels {
    /// A real early-exit network with random contents.
    static func preResNet(head: ArchitectureDescription.Head = .pool2) throws -> Model {
        let image = ImageFormat(channels: 3, height: 13, width: 17)
        let classes = ["cat", "dog \"quoted\"", "ü/ß", "line\nbreak"]
        let architecture = ArchitectureDescription(
            family: .preresnet, widths: [5, 7, 11], blocks: [1, 2, 1], stem: 5, head: head, headDropout: 0.3)
        let graph = try architecture.buildGraph(
            image: image, classes: classes.count, mean: [0.1, 0.2, 0.3], standardDeviation: [0.5, 0.25, 1 / 3])
        var provenance = Provenance(version: erdeVersion)
        provenance.architecture = architecture
        provenance.training = TrainingRecipe()
        provenance.training?.seed = .max
        provenance.distillation = DistillationRecipe()
        provenance.trainingErrorPerExit = [0.1, 1 / 3, 0]
        provenance.targetMACs = 1e6 / 3
        let points = [
            OperatingPoint(
                budgetMACs: 1e6 / 3, policy: ExitPolicy(score: .entropy, thresholds: [0.1, .infinity]),
                calibrationAccuracy: 0.9, calibrationMeanMACs: 3e5)
        ]
        let metadata = ModelMetadata(
            role: .student, classNames: classes, image: image, cumulativeMACs: graph.cost().cumulativeMACs,
            operatingPoints: points, provenance: provenance)
        return Model(graph: graph, parameters: contents(of: graph), metadata: metadata)
    }

    /// Random contents for the variables of a graph.
    static func contents(of graph: Graph) -> Parameters {
        var random = RandomTensors(seed: 7)
        var parameters = Parameters()
        for variable in graph.variables {
            parameters[graph.name(of: variable.value)] = random.uniform(
                graph.shape(of: variable.value), in: variable.role == .statistic ? 0.5...1.5 : -1...1)
        }
        return parameters
    }

    /// One network with every operator that files can hold.
    static func everyOperator() throws -> Model {
        var builder = GraphBuilder()
        let image = builder.input(Model.inputName, TensorType([1, 3, 9, 8]))
        var x = try builder.apply(
            .convolution(
                ConvolutionAttributes(
                    strides: Extent(height: 1, width: 2), padding: Padding(top: 0, left: 1, bottom: 2, right: 3),
                    dilations: Extent(height: 2, width: 1), groups: 3)), image,
            builder.variable("grouped_weight", [6, 1, 3, 2], role: .weight),
            builder.variable("grouped_bias", [6], role: .bias), name: "grouped")
        x = try builder.apply(
            .batchNormalization(BatchNormalizationAttributes(epsilon: 1e-3, momentum: 0.03)),
            [
                x, builder.variable("norm_scale", [6], role: .bias), builder.variable("norm_bias", [6], role: .bias),
                builder.variable("norm_mean", [6], role: .statistic),
                builder.variable("norm_variance", [6], role: .statistic),
            ], name: "norm")[0]
        x = try awkwardLayers(x, averagePadding: Padding(top: 1, left: 0, bottom: 0, right: 1), &builder)
        x = try builder.apply(.maximum, x, builder.constant("floor", Tensor(0.01)))
        x = try builder.apply(.exp, try builder.apply(.log, x))
        x = try builder.apply(.squareRoot, x)
        x = try builder.apply(.multiply, x, try builder.apply(.hardSigmoid(slope: 0.16666667, offset: 0.5), x))
        x = try builder.apply(.multiply, x, try builder.apply(.sigmoid, x))
        x = try builder.apply(.errorFunction, x)
        x = try builder.apply(.pad(Padding(top: 1, left: 2, bottom: 0, right: 3)), x)
        x = try builder.apply(.crop(Padding(top: 1, left: 1, bottom: 0, right: 2)), x)
        x = try builder.apply(.channelSlice(start: 1, count: 4), try builder.apply(.concatenate, x, x))
        x = try builder.apply(.concatenate, x, try builder.apply(.channelSlice(start: 0, count: 2), x))
        x = try builder.apply(.transpose(permutation: [0, 2, 3, 1]), x)
        x = try builder.apply(.transpose(permutation: [0, 3, 1, 2]), x)
        let pooled = try builder.apply(.globalAveragePool, x)
        let planes = try builder.apply(.reduceMean(Reduction(axes: [2, 3], keepsAxes: true)), x)
        x = try builder.apply(.add, pooled, planes)
        x = try builder.apply(.reshape(trailing: [2, 3]), x)
        x = try builder.apply(.reshape(trailing: [6]), x)
        x = try builder.apply(.dropout(rate: 0.1), x)
        let logits = try builder.apply(
            .linear, x, builder.variable("head_weight", [4, 6], role: .weight),
            builder.variable("head_bias", [4], role: .bias), name: "logits_exit1")
        builder.output("logits_exit1", logits)
        x = try builder.apply(
            .matMul(transposeLeft: false, transposeRight: false), x, builder.constant("mix", Tensor(repeating: 0.5, [6, 4])))
        x = try builder.apply(.logSoftmax, x)
        let total = try builder.apply(.reduceSum(Reduction(axes: [1], keepsAxes: true)), x)
        x = try builder.apply(.subtract, x, total)
        x = try builder.apply(
            .multiply, x, try builder.apply(.sumOfSquares, builder.constant("squares", Tensor([2], [1, 3] as [Float]))))
        // The output has a name of its own here.
        x = try builder.apply(.concatenate, x, total, x)
        builder.output("logits_exit2", try builder.apply(.linear, x, builder.variable("last_weight", [4, 9], role: .weight)))
        let graph = builder.graph
        let metadata = ModelMetadata(
            role: .teacher, classNames: ["a", "b", "c", "d"], image: ImageFormat(channels: 3, height: 9, width: 8),
            cumulativeMACs: [1, 2], provenance: Provenance(version: erdeVersion))
        return Model(graph: graph, parameters: contents(of: graph), metadata: metadata)
    }
}
