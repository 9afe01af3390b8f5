import Artifacts
import Execution
import Graphs
import Inference
import Quantization
import ReferenceEngine
import Tensors
import TestSupport
import Testing

/// Bias correction and equalisation of layers that are small enough to reckon with by hand.
@Suite struct QuantizationCorrectionTests {
    /// Two images that are 1 everywhere in the first channel, 0.2 in the second and 0 in the third.
    private static let samples: Samples = {
        let pixels = [UInt8(255), 51, 0].flatMap { [UInt8](repeating: $0, count: 16) }
        return Samples(
            image: ImageFormat(channels: 3, height: 4, width: 4), labels: [0, 1], store: PixelStore(pixels + pixels))
    }()

    /// A convolution of 1x1 whose weight `[O, I, 1, 1]` has the rows given.
    private static func layer(
        _ name: String, _ x: Value, _ rows: [[Float]], bias: [Float], groups: Int = 1, in builder: inout GraphBuilder,
        _ parameters: inout Parameters
    ) throws -> Value {
        let shape = Shape([rows.count, rows[0].count, 1, 1])
        parameters["\(name)_weight"] = Tensor(shape, rows.flatMap { $0 })
        parameters["\(name)_bias"] = Tensor(Shape([bias.count]), bias)
        let weight = builder.variable("\(name)_weight", shape, role: .weight)
        let shift = builder.variable("\(name)_bias", Shape([bias.count]), role: .bias)
        return try builder.apply(.convolution(ConvolutionAttributes(groups: groups)), x, weight, shift, name: name)
    }

    /// The graph that answers with the means of `x`.
    private static func finished(_ x: Value, _ builder: inout GraphBuilder) throws -> Graph {
        let means = try builder.apply(.globalAveragePool, x)
        builder.output("logits_exit1", try builder.apply(.reshape(trailing: [builder.shape(of: x)[1]]), means))
        return builder.graph
    }

    private static func observed(_ graph: Graph, _ parameters: Parameters) throws -> [String: ActivationStatistics] {
        try observe(
            QuantizationSites(graph).values, of: graph, parameters, on: samples, method: .minMax, engine: ReferenceEngine(),
            options: CompilationOptions())
    }

    private static func answer(_ graph: Graph, _ parameters: Parameters) throws -> [Double] {
        let image = Tensor([1, 3, 4, 4], PixelScaling.floats(of: samples, 0..<1))
        let answers = try ReferenceEngine().compile(graph, parameters: parameters).run(["image": image])
        return try #require(answers["logits_exit1"]).floats.map(Double.init)
    }

    /// Beside 1 a weight of 0.0035 becomes 0, beside 0.5 one of 0.003 becomes a step of 0.5/127; equal ones are exact.
    @Test func biasCorrectionTakesTheMeanErrorAway() throws {
        var (builder, parameters) = (GraphBuilder(), Parameters())
        let image = builder.input("image", TensorType([1, 3, 4, 4]))
        let rows: [[Float]] = [[0.0035, 1, 0], [-0.5, 0.003, 0], [0.25, 0.25, 0.25]]
        let layer = try Self.layer("conv", image, rows, bias: [0.5, -1, 0.25], in: &builder, &parameters)
        let graph = try Self.finished(layer, &builder)
        let statistics = try Self.observed(graph, parameters)
        var plan = QuantizationPlan(ranges: statistics.mapValues(\.range))

        let shifts = try #require(graph.biasShifts(parameters, plan, statistics)["conv"])
        let expected: [Double] = [0.0035, (0.003 - 0.5 / 127) * 0.2, 0]
        expectClose(
            shifts.map(Double.init), expected,
            Tolerance(absolute: 1e-7, relative: 1e-5, reason: "weights, scales and means in float32"), "shifts")

        let exact = try Self.answer(graph, parameters)
        let rounded = try graph.quantizedForm(parameters, plan)
        let errors = zip(try Self.answer(rounded.graph, rounded.parameters), exact).map { $0 - $1 }
        let step = Tolerance(absolute: 2e-5, relative: 0, reason: "half a step of the bias, 1/127/255 at most")
        expectClose(errors, expected.map { -$0 }, step, "errors")
        plan.biasShifts = ["conv": shifts]
        let corrected = try graph.quantizedForm(parameters, plan)
        expectClose(try Self.answer(corrected.graph, corrected.parameters), exact, step, "corrected answers")
    }

    /// The largest activations are 16 and 1, the largest weights that read them 1 and 4: √16 and √¼ are as 1 to ⅛.
    @Test func equalizationSharesTheSpreadWithTheWeights() throws {
        var (builder, parameters) = (GraphBuilder(), Parameters())
        let image = builder.input("image", TensorType([1, 3, 4, 4]))
        let first = try Self.layer("first", image, [[16, 0, 0], [0.5, 0, 0]], bias: [0, 0.5], in: &builder, &parameters)
        let between = try builder.apply(.relu, first, name: "first_relu")
        let second = try Self.layer("second", between, [[1, -4], [0.5, 2]], bias: [1, 2], in: &builder, &parameters)
        let graph = try Self.finished(second, &builder)
        let statistics = try Self.observed(graph, parameters)
        #expect(statistics["first_relu"]?.maxima == [16, 1])

        let equalized = graph.equalized(parameters, statistics)
        #expect(equalized.layers == ["first"])
        #expect(equalized.parameters["first_weight"]?.floats == [16, 0, 0, 4, 0, 0])
        #expect(equalized.parameters["first_bias"]?.floats == [0, 4])
        #expect(equalized.parameters["second_weight"]?.floats == [1, -0.5, 0.5, 0.25])
        #expect(equalized.parameters["second_bias"]?.floats == [1, 2])
        #expect(try Self.observed(graph, equalized.parameters)["first_relu"]?.maxima == [16, 8])
    }

    /// Weights that have a scale for each channel take all of the spread.
    @Test func equalizationBeforeADepthwiseLayerEvensActivationsOut() throws {
        var (builder, parameters) = (GraphBuilder(), Parameters())
        let image = builder.input("image", TensorType([1, 3, 4, 4]))
        let first = try Self.layer("first", image, [[16, 0, 0], [0.5, 0, 0]], bias: [0, 0.5], in: &builder, &parameters)
        let between = try builder.apply(.relu, first, name: "first_relu")
        let second = try Self.layer("second", between, [[3], [5]], bias: [1, 2], groups: 2, in: &builder, &parameters)
        let graph = try Self.finished(second, &builder)
        let equalized = graph.equalized(parameters, try Self.observed(graph, parameters))
        #expect(equalized.layers == ["first"])
        #expect(equalized.parameters["first_weight"]?.floats == [16, 0, 0, 8, 0, 0])
        #expect(equalized.parameters["first_bias"]?.floats == [0, 8])
        #expect(equalized.parameters["second_weight"]?.floats == [3, 0.3125])
        #expect(try Self.observed(graph, equalized.parameters)["first_relu"]?.maxima == [16, 16])
    }
}
