import Architectures
import Artifacts
import CPUEngine
import Diagnostics
import Execution
import Graphs
import Inference
import Quantize
import Tensors
import Testing
import TrainTeacher
import Training

@Suite struct QuantizeTests {
    static let options = CompilationOptions(threads: 1)

    static func trained(_ name: String) throws -> Model {
        try trainTeacher(
            on: TrainingStagesTests.dataset, datasetPath: nil, architecture: TrainingStagesTests.architecture(name),
            recipe: TrainingStagesTests.recipe, loss: TrainingStagesTests.loss(.ce), run: TrainingStagesTests.run())
    }

    static func untrained(_ name: String) throws -> Model {
        try TrainingStagesTests.architecture(name).initialModel(
            role: .student, for: TrainingStagesTests.dataset.description, seed: 1)
    }

    static func run() -> QuantizationRun { QuantizationRun(engine: CPUEngine(), options: options) }

    static func accuracy(_ model: Model) throws -> [Double] {
        let samples = TrainingStagesTests.dataset.calibration
        let logits = try exitLogits(of: model, samples: samples, engine: CPUEngine(), options: options)
        return (0..<logits.exits).map { logits.accuracy(exit: $0, labels: samples.labels) }
    }

    @Test(arguments: [
        "preresnet:widths=4,8:blocks=1,1", "mobilenetv2:widths=3,4:blocks=1,1:strides=1,1:stem=4:last=0:head=global",
        "vgg:widths=4,6:blocks=1,1:head=global",
    ])
    func whatIsRecordedIsWhatTheModelDoes(name: String) throws {
        let model = try Self.trained(name)
        var recipe = QuantizationRecipe()
        recipe.maxDrop = 1
        let quantized = try quantize(model, on: TrainingStagesTests.dataset, recipe: recipe, run: Self.run())
        let record = try #require(quantized.metadata.provenance.quantization)
        #expect(record.floatLayers.isEmpty && record.layerCount == record.sensitivities.count)
        #expect(record.accuracyBefore == (try Self.accuracy(model)))
        #expect(record.accuracyAfter == (try Self.accuracy(quantized)))
        #expect(record.sensitivities.map(\.divergence) == record.sensitivities.map(\.divergence).sorted(by: >))
        #expect(quantized.isQuantized && !model.isQuantized)
        #expect(quantized.metadata.operatingPoints.isEmpty)
        #expect(quantized.graph.cost().cumulativeMACs == model.metadata.cumulativeMACs)
        let again = #expect(throws: ErdeError.self) {
            try quantize(quantized, on: TrainingStagesTests.dataset, recipe: recipe, run: Self.run())
        }
        #expect(again?.problem.contains("already") == true)
    }

    /// The same function of a network in float, of which bytes lose most: one channel of the first block is `factor` times
    /// as large as it was, and whoever reads it makes up for that.
    private static func lopsided(_ model: Model, by factor: Float) throws -> Model {
        let graph = model.graph
        let first = try #require(
            graph.nodes.first { node in if case .batchNormalization = node.op { true } else { false } })
        var result = model
        for input in first.inputs[1...2] { result.parameters[graph.name(of: input)]?.floats[0] *= factor }
        var reached: Set<Value> = [first.outputs[0]]
        for node in graph.nodes where node.inputs.first.map(reached.contains) == true {
            switch node.op {
            case .convolution, .linear:
                let name = graph.name(of: node.inputs[1])
                var weight = try #require(result.parameters[name])
                let perOutput = weight.shape.dimensions.dropFirst().reduce(1, *)
                let perInput = weight.shape.dimensions.dropFirst(2).reduce(1, *)
                for output in 0..<weight.shape[0] {
                    for place in 0..<perInput { weight.floats[output * perOutput + place] /= factor }
                }
                result.parameters[name] = weight
            default: reached.formUnion(node.outputs)
            }
        }
        return result
    }

    /// The dataset with its calibration images twelve times, so that losing some of them is more than chance.
    private static let manyTimes: Dataset = {
        let whole = TrainingStagesTests.dataset
        let held = whole.calibration
        let pixels = (0..<held.count).flatMap { index in held.withPixels(at: index) { Array($0) } }
        let repeated = Samples(
            image: held.image, labels: (0..<12).flatMap { _ in held.labels },
            store: PixelStore((0..<12).flatMap { _ in pixels }))
        return Dataset(
            description: whole.description, train: whole.train, calibration: repeated, test: whole.test, fingerprint: "f00d")
    }()

    @Test func layersThatHurtStayInFloat() throws {
        let whole = try Self.trained("vgg:widths=4,6:blocks=1,1:head=global")
        let model = try Self.lopsided(whole, by: 3e4)
        var recipe = QuantizationRecipe()
        recipe.ranges = .minMax
        recipe.maxDrop = 1
        let all = try quantize(model, on: Self.manyTimes, recipe: recipe, run: Self.run())
        let harm = try #require(all.metadata.provenance.quantization)
        #expect(harm.floatLayers.isEmpty && harm.losesMore(than: 0.1), "\(harm.accuracyBefore) \(harm.accuracyAfter)")
        recipe.maxDrop = 0
        let quantized = try quantize(model, on: Self.manyTimes, recipe: recipe, run: Self.run())
        let record = try #require(quantized.metadata.provenance.quantization)
        #expect(!record.losesMore(than: 0) && !record.floatLayers.isEmpty)
        #expect(record.layerCount + record.floatLayers.count == record.sensitivities.count)
        #expect(record.floatLayers.map(\.layer) == record.sensitivities.prefix(record.floatLayers.count).map(\.layer))
    }

    @Test func roundingIsTrainedInTheLoop() throws {
        var model = try Self.trained("preresnet:widths=4,8:blocks=1,1")
        // More than there are images here.
        model.metadata.provenance.training?.batchSize = 128
        var recipe = QuantizationRecipe()
        recipe.maxDrop = 1
        recipe.trainingEpochs = 2
        var run = Self.run()
        #expect(throws: ErdeError.self) {
            try quantize(model, on: TrainingStagesTests.dataset, recipe: recipe, run: run)
        }
        run.training = try QuantizedTraining(
            student: model, teacher: nil, epochs: 2, images: TrainingStagesTests.dataset.train.count,
            run: TrainingRun(engine: CPUEngine(), options: Self.options))
        let quantized = try quantize(model, on: TrainingStagesTests.dataset, recipe: recipe, run: run)
        recipe.trainingEpochs = 0
        let untrained = try quantize(model, on: TrainingStagesTests.dataset, recipe: recipe, run: run)
        let record = try #require(quantized.metadata.provenance.quantization)
        #expect(quantized.isQuantized && record.isTrained == (quantized.parameters != untrained.parameters))
        #expect(record.accuracyAfter == (try Self.accuracy(quantized)))
        // What rounding one layer loses is of the same size, however far the training went.
        let before = try #require(untrained.metadata.provenance.quantization).sensitivities.map(\.divergence)
        let least = try #require(record.sensitivities.map(\.divergence).min())
        #expect(least <= 2 * (try #require(before.max())), "\(record.sensitivities) after \(before)")
    }

    @Test func batchesAndGradientsAreBoundedAsInEveryTraining() throws {
        func recipe(_ name: String, images: Int) throws -> TrainingRecipe {
            var student = try Self.untrained(name)
            student.metadata.provenance.training = TrainingRecipe()
            return try QuantizedTraining(
                student: student, teacher: nil, epochs: 1, images: images, run: TrainingStagesTests.run()
            ).recipe
        }
        // All its batch normalisations are folded; in a network of pre-activations some are not.
        let plain = try recipe("vgg:widths=4,6:blocks=1,1:head=global", images: 60)
        #expect(plain.epochs == 1 && plain.batchSize == 8 && plain.gradientClip == 1)
        let residual = try recipe("preresnet:widths=4,8:blocks=1,1", images: 100_000)
        #expect(residual.batchSize == TrainingRecipe().batchSize && residual.gradientClip == TrainingRecipe().gradientClip)
    }

    @Test func aTrainingThatDoesNotFitIsRefusedBeforeAnythingElse() throws {
        let model = try Self.untrained("preresnet:widths=4,8:blocks=1,1")
        var recipe = QuantizationRecipe()
        recipe.trainingEpochs = 1
        let said = TrainingStagesTests.Warnings()
        var run = Self.run()
        run.report = { said.texts.append($0) }
        let missing = #expect(throws: ErdeError.self) {
            try quantize(model, on: TrainingStagesTests.dataset, recipe: recipe, run: run)
        }
        #expect(missing?.kind == .usage && missing?.subject == "--qat-epochs")
        run.training = try QuantizedTraining(
            student: model, teacher: nil, epochs: 1, images: 40, run: TrainingStagesTests.run())
        run.training?.recipe.batchSize = 41
        let large = #expect(throws: ErdeError.self) {
            try quantize(model, on: TrainingStagesTests.dataset, recipe: recipe, run: run)
        }
        #expect(large?.kind == .usage && large?.subject == "batchSize")
        #expect(said.texts.isEmpty)
    }

    /// A layer gives the same number on every image before it is trained, and not afterwards.
    @Test func constantValuesAreThoseOfTheWeightsThatBecomeBytes() throws {
        var model = try Self.trained("vgg:widths=4,6:blocks=1,1:head=global")
        let contents: [(name: String, value: Float)] = [
            ("stage1_block1_conv_weight", 0), ("stage1_block1_norm_mean", 0), ("stage1_block1_norm_bias", 0.5),
        ]
        for (name, value) in contents {
            model.parameters[name] = Tensor(repeating: value, try #require(model.parameters[name]).shape)
        }
        // Everything is taken for dark, and all calibration images are bright: no training answers fewer rightly.
        for exit in 1...2 { model.parameters["exit\(exit)_linear_bias"] = Tensor([2], [50, 0] as [Float]) }
        let whole = TrainingStagesTests.dataset
        let dataset = Dataset(
            description: whole.description, train: whole.train, calibration: whole.calibration.selecting([1, 3, 5, 7, 9]),
            test: whole.test, fingerprint: "f00d")
        var recipe = QuantizationRecipe()
        recipe.ranges = .minMax
        recipe.maxDrop = 1
        let untrained = try quantize(model, on: dataset, recipe: recipe, run: Self.run())
        #expect(untrained.metadata.provenance.quantization?.constantValues.isEmpty == false)
        recipe.trainingEpochs = 2
        var training = try QuantizedTraining(
            student: model, teacher: nil, epochs: 2, images: dataset.train.count, run: TrainingStagesTests.run())
        training.recipe.peakLearningRate = 0.05
        var run = Self.run()
        run.training = training
        let trained = try quantize(model, on: dataset, recipe: recipe, run: run)
        let record = try #require(trained.metadata.provenance.quantization)
        #expect(record.isTrained && record.constantValues.isEmpty, "\(record.constantValues)")
    }

    @Test func whatIsSaidOfOtherWeightsIsLeftOut() throws {
        var model = try Self.untrained("vgg:widths=4,6:blocks=1,1:head=global")
        model.metadata.provenance.training = TrainingStagesTests.recipe
        model.metadata.provenance.trainingErrorPerExit = [0.2, 0.1]
        model.metadata.provenance.outOfFoldErrorPerExit = [0.3, 0.2]
        model.metadata.provenance.ensembleWeights = [[0.5, 0.5], [0.25, 0.75]]
        var recipe = QuantizationRecipe()
        recipe.maxDrop = 1
        let quantized = try quantize(model, on: TrainingStagesTests.dataset, recipe: recipe, run: Self.run())
        let provenance = quantized.metadata.provenance
        #expect(provenance.trainingErrorPerExit == nil && provenance.outOfFoldErrorPerExit == nil)
        #expect(provenance.ensembleWeights == nil)
        #expect(provenance.training == TrainingStagesTests.recipe)
        #expect(provenance.architecture == model.metadata.provenance.architecture)
    }

    @Test func aLossCountsWhenChanceDoesNotExplainIt() {
        var record = QuantizationRecord(recipe: QuantizationRecipe(), layerCount: 1)
        (record.accuracyBefore, record.accuracyAfter) = ([0.9, 0.92], [0.9, 0.91])
        // Of 400 images, 4 fewer are right: with 6 changes that happens by chance, with 4 it does not.
        (record.lostImages, record.gainedImages) = ([3, 5], [3, 1])
        #expect(!record.losesMore(than: 0.003))
        (record.lostImages, record.gainedImages) = ([3, 4], [3, 0])
        #expect(record.losesMore(than: 0.003) && !record.losesMore(than: 0.02))
    }

    @Test func badInputIsRefusedByName() throws {
        let model = try Self.trained("preresnet:widths=4,8:blocks=1,1")
        let whole = TrainingStagesTests.dataset
        func refusal(_ model: Model, _ dataset: Dataset, _ recipe: QuantizationRecipe = QuantizationRecipe()) -> ErdeError? {
            #expect(throws: ErdeError.self) { try quantize(model, on: dataset, recipe: recipe, run: Self.run()) }
        }
        func dataset(train: Int, calibration: Int) -> Dataset {
            Dataset(
                description: whole.description, train: whole.train.prefix(train),
                calibration: whole.calibration.prefix(calibration), test: whole.test, fingerprint: "")
        }
        #expect(refusal(model, dataset(train: 0, calibration: 10))?.subject == "calibration images")
        #expect(refusal(model, dataset(train: 40, calibration: 0))?.subject == "calibration split")
        var recipe = QuantizationRecipe()
        recipe.images = 0
        #expect(refusal(model, whole, recipe)?.subject == "images")
        recipe = QuantizationRecipe()
        recipe.weightBits = 4
        #expect(refusal(model, whole, recipe)?.subject == "weightBits")
        var broken = model
        var weight = try #require(model.parameters["stem_weight"])
        weight.floats[3] = .nan
        broken.parameters["stem_weight"] = weight
        #expect(refusal(broken, whole)?.kind == .badData)
    }
}
