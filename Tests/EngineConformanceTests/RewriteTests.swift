import Graphs
import ReferenceEngine
import Tensors
import TestSupport
import Testing

/// Rewrites of a graph compute what the graph computes.
@Suite struct RewriteTests {
    static let rounding = Tolerance(
        absolute: 1e-5, relative: 1e-5, reason: "folded weights are rounded to float32 once more")

    @Test func inferenceFormEqualsTheOriginal() throws {
        let network = try ExitNetwork(batch: 3)
        let (graph, parameters) = try network.graph.optimizedForInference(network.parameters)
        #expect(!graph.nodes.contains { $0.op.name == "dropout" })
        // stem_bn, a_bn2 and c_bn are folded; a_bn1 and both heads' follow an addition or a value read twice.
        #expect(graph.nodes.filter { $0.op.name == "batchNormalization" }.count == 3)
        let expected = try network.run(network.graph, network.parameters)
        let actual = try network.run(graph, parameters)
        for output in network.graph.outputs {
            expectClose(actual[output.name]!, expected[output.name]!, Self.rounding, output.name)
        }
    }

    @Test(arguments: [false, true]) func segmentsInOrderEqualTheWhole(folded: Bool) throws {
        let network = try ExitNetwork(batch: 5)
        var (graph, parameters) = (network.graph, network.parameters)
        if folded { (graph, parameters) = try graph.optimizedForInference(parameters) }
        let expected = try network.run(graph, parameters)
        var tensors = network.inputs
        for (segment, output) in zip(graph.exitSegments(), graph.outputs) {
            let results = try ReferenceEngine.evaluate(
                segment.graph, inputs: tensors, variables: ExitNetwork.doubles(parameters)
            ).outputs
            expectClose(results[output.name]!, expected[output.name]!, .exact, output.name)
            tensors.merge(results) { $1 }
            tensors = tensors.filter { segment.liveAfter.contains($0.key) }
        }
        #expect(tensors.isEmpty)
    }

    @Test func aRebatchedGraphComputesTheSameRows() throws {
        let network = try ExitNetwork(batch: 3)
        let expected = try network.run(network.graph, network.parameters)
        let single = try network.graph.rebatched(1)
        let pixels = network.inputs["image"]!
        for row in 0..<3 {
            let image = Array(pixels[row * pixels.count / 3..<(row + 1) * pixels.count / 3])
            let results = try ReferenceEngine.evaluate(
                single, inputs: ["image": image], variables: ExitNetwork.doubles(network.parameters)
            ).outputs
            for output in network.graph.outputs {
                let all = expected[output.name]!
                let classes = all.count / 3
                expectClose(
                    results[output.name]!, Array(all[row * classes..<(row + 1) * classes]), .exact, output.name)
            }
        }
    }

    /// The derivative of the whole training form, dropout masks and batch statistics included, against finite differences.
    @Test func theTrainingFormsGradientEqualsFiniteDifferences() throws {
        let network = try ExitNetwork(batch: 4)
        var builder = GraphBuilder()
        let image = builder.input("image", network.graph.type(of: network.graph.inputs[0].value))
        let labels = builder.input("labels", TensorType([4], .int32))
        let seed = builder.input("seed", TensorType([2], .int32), isBatched: false)
        let form = try builder.inlineForTraining(network.graph, image: image, dropoutSeed: seed)
        let targets = try builder.apply(.oneHot(classes: 5), labels)
        var losses: [Value] = []
        for logits in form.outputs {
            let picked = try builder.apply(.multiply, targets, builder.apply(.logSoftmax, logits))
            let rows = try builder.apply(.reduceSum(Reduction(axes: [1])), picked)
            losses.append(try builder.apply(.reduceMean(Reduction(axes: [0])), rows))
        }
        let loss = try builder.apply(.affine(scale: -1, offset: 0), builder.apply(.add, losses[0], losses[1]))
        let trained = builder.graph.variables.filter(\.isTrainable)
        let slopes = try gradients(of: loss, withRespectTo: trained.map(\.value), in: &builder)
        builder.output("loss", loss)
        for (variable, slope) in zip(trained, slopes) {
            builder.output("slope_of_\(builder.graph.name(of: variable.value))", slope)
        }
        let graph = builder.graph
        try GraphVerifier.verify(graph)

        let inputs = network.inputs.merging(["labels": [0, 4, 2, 2], "seed": [17, -4]]) { $1 }
        let variables = ExitNetwork.doubles(network.parameters)
        let base = try ReferenceEngine.evaluate(graph, inputs: inputs, variables: variables)
        let step = 1e-5
        let tolerance = Tolerance(
            absolute: 1e-8, relative: 1e-5, reason: "central differences, truncated at the square of a step of 1e-5")
        func changedLoss(_ name: String, _ index: Int, _ change: Double) throws -> Double {
            var changed = variables
            changed[name]![index] += change
            return try ReferenceEngine.evaluate(graph, inputs: inputs, variables: changed).outputs["loss"]![0]
        }
        for variable in trained {
            let name = graph.name(of: variable.value)
            let slope = base.outputs["slope_of_\(name)"]!
            // The first, the last and a middle element of every variable keep the test short.
            let indices = Set([0, slope.count / 2, slope.count - 1]).sorted()
            let expected = try indices.map {
                (try changedLoss(name, $0, step) - changedLoss(name, $0, -step)) / (2 * step)
            }
            expectClose(indices.map { slope[$0] }, expected, tolerance, name)
        }
    }

    @Test func runningStatisticsMoveTowardsTheBatchs() throws {
        var builder = GraphBuilder()
        let x = builder.input("image", TensorType([4, 1]))
        let leaves = ["scale", "bias", "mean", "variance"].map {
            builder.variable($0, [1], role: $0 == "scale" || $0 == "bias" ? .bias : .statistic)
        }
        let op = Op.batchNormalization(BatchNormalizationAttributes(momentum: 0.25))
        builder.output("y", try builder.apply(op, [x] + leaves)[0])
        let canonical = builder.graph

        var training = GraphBuilder()
        let image = training.input("image", TensorType([4, 1]))
        let seed = training.input("seed", TensorType([2], .int32), isBatched: false)
        let form = try training.inlineForTraining(canonical, image: image, dropoutSeed: seed)
        training.output("y", form.outputs[0])
        let result = try ReferenceEngine.evaluate(
            training.graph, inputs: ["image": [1, 3, 5, 7], "seed": [0, 0]],
            variables: ["scale": [1], "bias": [0], "mean": [8], "variance": [1]])
        // The batch's mean is 4, its biased variance (9 + 1 + 1 + 9)/4 = 5: ¾·8 + ¼·4 and ¾·1 + ¼·5.
        #expect(result.updatedVariables == ["mean": [7], "variance": [2]])
    }
}
