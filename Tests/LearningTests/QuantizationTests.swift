import Artifacts
import CPUEngine
import Diagnostics
import Execution
import Graphs
import Inference
import Quantization
import ReferenceEngine
import Tensors
import TestSupport
import Testing

@Suite("Quantized networks of every family")
struct QuantizationTests {
    /// As many images as a test needs, as bytes.
    static let samples: Samples = {
        var generator = RandomGenerator(seed: 91)
        let image = TinyNetworks.image
        return Samples(
            image: image, labels: (0..<12).map { Int32($0 % 5) },
            store: PixelStore((0..<12 * image.byteCount).map { _ in UInt8(generator.below(256)) }))
    }()

    static func quantized(
        _ model: Model, _ method: QuantizationRecipe.RangeMethod = .minMax, floatLayers: Set<String> = []
    ) throws -> Model {
        let fast = try model.graph.optimizedForInference(model.parameters)
        let sites = QuantizationSites(fast.graph, keepingInFloat: floatLayers)
        let statistics = try observe(
            sites.values, of: fast.graph, fast.parameters, on: samples, method: method, engine: CPUEngine(),
            options: CompilationOptions(threads: 1))
        var plan = QuantizationPlan(ranges: statistics.mapValues(\.range), floatLayers: floatLayers)
        plan.biasShifts = fast.graph.biasShifts(fast.parameters, plan, statistics)
        let form = try fast.graph.quantizedForm(fast.parameters, plan)
        return Model(graph: form.graph, parameters: form.parameters, metadata: model.metadata)
    }

    static func logits(_ model: Model, _ engine: any Engine) throws -> ExitLogits {
        try exitLogits(of: model, samples: samples, engine: engine, options: CompilationOptions(threads: 1), batchSize: 5)
    }

    /// How far two lists of logits are apart where they differ most.
    private static func difference(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).map { abs($0 - $1) }.max() ?? 0 }

    @Test("say nearly the same as before, on both engines", arguments: TinyNetworks.names)
    func answers(name: String) throws {
        let model = try TinyNetworks.model(name)
        let quantized = try Self.quantized(model)
        try GraphVerifier.verify(quantized.graph)
        let exact = try Self.logits(model, ReferenceEngine())
        let simulated = try Self.logits(quantized, ReferenceEngine())
        let bytes = try Self.logits(quantized, CPUEngine())
        for exit in 0..<exact.exits {
            let spread = exact.logits[exit].map(abs).max() ?? 0
            #expect(Self.difference(exact.logits[exit], simulated.logits[exit]) <= 0.15 * spread, "exit \(exit + 1)")
            // Where a sum lies in the middle of two steps the engines may take different ones, and that is carried on.
            #expect(Self.difference(bytes.logits[exit], simulated.logits[exit]) <= 0.05 * spread, "exit \(exit + 1)")
        }
        #expect(exact.logits != simulated.logits)
    }

    /// As attention to a global context adds it.
    @Test("keep an addition apart that spreads what a convolution says over a plane")
    func broadcastAddition() throws {
        var builder = GraphBuilder()
        let image = builder.input(Model.inputName, TensorType([1, 3, 9, 7]))
        var random = RandomTensors(seed: 29)
        var parameters = Parameters()
        func layer(_ name: String, _ x: Value, _ shape: Shape) throws -> Value {
            parameters["\(name)_weight"] = random.uniform(shape)
            parameters["\(name)_bias"] = random.uniform([shape[0]])
            return try builder.apply(
                .convolution(ConvolutionAttributes()), x, builder.variable("\(name)_weight", shape, role: .weight),
                builder.variable("\(name)_bias", [shape[0]], role: .bias), name: name)
        }
        let plane = try builder.apply(.relu, layer("first", image, [8, 3, 3, 3]), name: "first_relu")
        let context = try layer("context", builder.apply(.globalAveragePool, plane), [8, 8, 1, 1])
        let sum = try builder.apply(.relu, builder.apply(.add, plane, context, name: "sum"), name: "sum_relu")
        let last = try layer("last", sum, [5, 8, 1, 1])
        builder.output("logits_exit1", try builder.apply(.reshape(trailing: [5]), builder.apply(.globalAveragePool, last)))
        var model = try TinyNetworks.model("vgg:widths=4:blocks=1:head=global")
        (model.graph, model.parameters) = (builder.graph, parameters)
        let quantized = try Self.quantized(model)
        let simulated = try Self.logits(quantized, ReferenceEngine())
        let bytes = try Self.logits(quantized, CPUEngine())
        let spread = simulated.logits[0].map(abs).max() ?? 0
        #expect(Self.difference(bytes.logits[0], simulated.logits[0]) <= 0.05 * spread)
        #expect(QuantizationSites(try model.graph.optimizedForInference(parameters).graph).layers.count == 3)
    }

    @Test("are trained with the rounding that their bytes have", arguments: TinyNetworks.names)
    func rounding(name: String) throws {
        let model = try TinyNetworks.model(name)
        var fast = try model.graph.optimizedForInference(model.parameters)
        let sites = QuantizationSites(fast.graph)
        // Biases are rounded in bytes alone. Without them nothing is left that would take a value to another step but by chance.
        for node in fast.graph.nodes where node.inputs.count > 2 {
            guard case .convolution = node.op else { continue }
            fast.parameters[fast.graph.name(of: node.inputs[2])] = Tensor(repeating: 0, fast.graph.shape(of: node.inputs[2]))
        }
        let statistics = try observe(
            sites.values, of: fast.graph, fast.parameters, on: Self.samples, method: .minMax, engine: CPUEngine(),
            options: CompilationOptions(threads: 1))
        let plan = QuantizationPlan(ranges: statistics.mapValues(\.range), weightLimit: 63)
        let stored = try fast.graph.quantizedForm(fast.parameters, plan)
        let simulated = try fast.graph.fakeQuantizedForm(fast.parameters, plan)
        try GraphVerifier.verify(simulated)
        #expect(simulated.nodes.count { $0.op.name == "fakeQuantize" } == sites.values.count)
        #expect(simulated.nodes.count { $0.op.name == "fakeQuantizeChannels" } == sites.layers.count)
        func names(_ graph: Graph) -> [String] { graph.variables.map { graph.name(of: $0.value) } }
        #expect(names(simulated) == names(fast.graph))
        let inputs = [Model.inputName: TinyNetworks.images(6)]
        func logits(_ graph: Graph, _ parameters: Parameters) throws -> [Double] {
            let results = try ReferenceEngine().compile(try graph.rebatched(6), parameters: parameters).run(inputs)
            return try graph.outputs.flatMap { try #require(results[$0.name]).doubles }
        }
        func distance(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } }
        let bytes = try logits(stored.graph, stored.parameters)
        let rounded = try logits(simulated, fast.parameters)
        let lost = distance(try logits(fast.graph, fast.parameters), bytes)
        #expect(lost > 0 && distance(rounded, bytes) <= 0.1 * lost, "\(distance(rounded, bytes)) of \(lost)")
    }

    @Test("store convolutions in a quarter of the bytes", arguments: TinyNetworks.names)
    func storage(name: String) throws {
        let model = try TinyNetworks.model(name)
        let quantized = try Self.quantized(model)
        let weights = quantized.graph.variables.filter { $0.role == .weight }
        #expect(!weights.isEmpty)
        for weight in weights { #expect(quantized.graph.type(of: weight.value).dataType == .int8) }
        #expect(quantized.graph.cost().cumulativeMACs == model.graph.cost().cumulativeMACs)
        #expect(quantized.graph.outputs.map(\.name) == model.graph.outputs.map(\.name))
    }

    @Test("leave at the same exits when bytes pass between segments", arguments: TinyNetworks.names)
    func exits(name: String) throws {
        let quantized = try Self.quantized(try TinyNetworks.model(name))
        let options = CompilationOptions(threads: 1)
        let full = try Self.logits(quantized, CPUEngine())
        // Some leave at every exit, and nobody so near a threshold that rounding in other batches moves them.
        let thresholds = (0..<full.exits - 1).map { exit in
            let scores = (0..<full.count).map { GateScore.entropy.value(of: full.row(exit: exit, image: $0)) }.sorted()
            let gaps = zip(scores, scores.dropFirst()).dropFirst(2).dropLast(2)
            let widest = gaps.max { $0.1 - $0.0 < $1.1 - $1.0 }!
            return (widest.0 + widest.1) / 2
        }
        let policy = ExitPolicy(thresholds: thresholds)
        let classifier = try EarlyExitClassifier(
            model: quantized, policy: policy, engine: CPUEngine(), options: options, batchSize: 4)
        let answers = try classifier.classify(
            PixelScaling.floats(of: Self.samples, 0..<Self.samples.count), count: Self.samples.count)
        for (image, answer) in answers.enumerated() {
            let exit = (0..<full.exits).first {
                policy.leaves(at: $0, score: policy.score.value(of: full.row(exit: $0, image: image)))
            }
            #expect(answer.exit == exit, "image \(image)")
            let expected = Array(full.row(exit: exit ?? 0, image: image))
            let tolerance = Tolerance(absolute: 1e-3, relative: 1e-4, reason: "heads in float32, in other batches")
            expectClose(answer.logits.map(Double.init), expected.map(Double.init), tolerance, "image \(image)")
        }
        #expect(Set(answers.map(\.exit)).count > min(2, full.exits - 1), "images leave at several exits")
    }

    @Test("keep a layer in float on request", arguments: TinyNetworks.names)
    func floatLayers(name: String) throws {
        let model = try TinyNetworks.model(name)
        let fast = try model.graph.optimizedForInference(model.parameters)
        let layers = QuantizationSites(fast.graph).layers
        let everything = Set(QuantizationSites(fast.graph).values.map(fast.graph.name(of:)))
        for layer in [layers[0], layers[layers.count / 2], layers[layers.count - 1]] {
            let sites = QuantizationSites(fast.graph, keepingInFloat: [layer])
            #expect(sites.layers == layers.filter { $0 != layer })
            #expect(Set(sites.values.map(fast.graph.name(of:))).isSubset(of: everything), "no value that was not observed")
            let quantized = try Self.quantized(model, floatLayers: [layer])
            try GraphVerifier.verify(quantized.graph)
            let simulated = try Self.logits(quantized, ReferenceEngine())
            let bytes = try Self.logits(quantized, CPUEngine())
            for exit in 0..<simulated.exits {
                let spread = simulated.logits[exit].map(abs).max() ?? 0
                // As far as the engines are apart with all layers in bytes.
                #expect(
                    Self.difference(bytes.logits[exit], simulated.logits[exit]) <= 0.05 * spread, "\(layer), exit \(exit + 1)")
            }
        }
    }

    @Test("ranges are bounded by every method", arguments: QuantizationRecipe.RangeMethod.allCases)
    func methods(method: QuantizationRecipe.RangeMethod) throws {
        let model = try TinyNetworks.model(TinyNetworks.names[0])
        let fast = try model.graph.optimizedForInference(model.parameters)
        let values = QuantizationSites(fast.graph).values
        func ranges(_ method: QuantizationRecipe.RangeMethod) throws -> [String: ClosedRange<Float>] {
            try observe(
                values, of: fast.graph, fast.parameters, on: Self.samples, method: method, engine: CPUEngine(),
                options: CompilationOptions(threads: 1)
            ).mapValues(\.range)
        }
        let (all, kept) = try (ranges(.minMax), ranges(method))
        #expect(!all.isEmpty)
        for (name, range) in kept {
            let whole = try #require(all[name])
            #expect(whole.lowerBound <= range.lowerBound && range.upperBound <= whole.upperBound, "\(name)")
            let share = max(-range.lowerBound, range.upperBound) / max(-whole.lowerBound, whole.upperBound)
            #expect(share > 0.2, "\(name) keeps \(share)")
        }
        if method == .minMax { #expect(kept == all) }
    }

    @Test func withoutImagesThereIsNoRange() throws {
        let model = try TinyNetworks.model(TinyNetworks.names[0])
        let fast = try model.graph.optimizedForInference(model.parameters)
        let error = #expect(throws: ErdeError.self) {
            try observe(
                QuantizationSites(fast.graph).values, of: fast.graph, fast.parameters, on: Self.samples.prefix(0),
                method: .mse, engine: CPUEngine(), options: CompilationOptions())
        }
        #expect(error?.subject == "calibration images")
    }

    @Test func brokenWeightsAreRefusedByName() throws {
        let model = try TinyNetworks.model(TinyNetworks.names[0])
        let fast = try model.graph.optimizedForInference(model.parameters)
        let sites = QuantizationSites(fast.graph)
        var parameters = fast.parameters
        let broken = try #require(fast.graph.variables.first { $0.role == .weight }).value
        let name = fast.graph.name(of: broken)
        var weight = try #require(parameters[name])
        weight.floats[0] = .nan
        parameters[name] = weight
        let ranges = Dictionary(uniqueKeysWithValues: sites.values.map { (fast.graph.name(of: $0), -1...Float(1)) })
        let error = #expect(throws: ErdeError.self) {
            try fast.graph.quantizedForm(parameters, QuantizationPlan(ranges: ranges))
        }
        #expect(error?.subject == name && error?.kind == .badData)
    }

    @Test func aConstantActivationHasAScale() {
        #expect(QuantizationPlan.quantization(of: 0...0) == Quantization(.uint8, scale: 1))
        // A 255th of this has no finite inverse.
        #expect(QuantizationPlan.quantization(of: 0...1e-37) == Quantization(.uint8, scale: 1))
        #expect(QuantizationPlan.quantization(of: -1e-37...0) == Quantization(.int8, scale: 1))
        #expect(QuantizationPlan.quantization(of: -2...1) == Quantization(.int8, scale: 2 / 127))
        #expect(QuantizationPlan.quantization(of: 0...5.1) == Quantization(.uint8, scale: 5.1 / 255))
        let weight = Tensor([2, 1], [3e-37, 3e-36] as [Float])
        #expect(QuantizationPlan.weightScales(weight, bias: nil, inputScale: 1, limit: 127) == [1, 3e-36 / 127])
    }

    @Test func equalizationChangesNoAnswer() throws {
        var builder = GraphBuilder()
        let image = builder.input("image", TensorType([1, 3, 9, 7]))
        var random = RandomTensors(seed: 7)
        var parameters = Parameters()
        func layer(_ name: String, _ x: Value, _ shape: Shape, groups: Int = 1) throws -> Value {
            parameters["\(name)_weight"] = random.uniform(shape)
            parameters["\(name)_bias"] = random.uniform([shape[0]])
            return try builder.apply(
                .convolution(ConvolutionAttributes(groups: groups)), x, builder.variable("\(name)_weight", shape, role: .weight),
                builder.variable("\(name)_bias", [shape[0]], role: .bias), name: name)
        }
        let first = try builder.apply(.relu, layer("first", image, [6, 3, 1, 1]), name: "first_relu")
        let second = try builder.apply(.relu, layer("second", first, [6, 1, 3, 3], groups: 6), name: "second_relu")
        let third = try layer("third", second, [4, 6, 1, 1])
        let pooled = try builder.apply(.reshape(trailing: [4]), builder.apply(.globalAveragePool, third))
        builder.output("logits_exit1", pooled)
        let graph = builder.graph
        let statistics = try observe(
            QuantizationSites(graph).values, of: graph, parameters, on: Self.samples, method: .minMax, engine: CPUEngine(),
            options: CompilationOptions(threads: 1))
        let equalized = graph.equalized(parameters, statistics)
        #expect(equalized.layers == ["first", "second"])
        #expect(equalized.parameters != parameters)
        let inputs = ["image": TinyNetworks.images(1)]
        let before = try ReferenceEngine().compile(graph, parameters: parameters).run(inputs)
        let after = try ReferenceEngine().compile(graph, parameters: equalized.parameters).run(inputs)
        expectClose(
            try #require(after["logits_exit1"]), try #require(before["logits_exit1"]),
            Tolerance(absolute: 1e-5, relative: 1e-5, reason: "weights rounded to float32 after scaling"))
    }
}
