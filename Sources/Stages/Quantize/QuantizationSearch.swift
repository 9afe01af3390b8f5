import Artifacts
import Diagnostics
import Execution
import Graphs
import Inference
import Quantization

/// Finds which layers of a model can be bytes.
struct QuantizationSearch {
    private let original: Model
    private let dataset: Dataset
    private let recipe: QuantizationRecipe
    private let run: QuantizationRun
    /// Nil where the recipe has no epochs for it.
    private let training: QuantizedTraining?
    /// In the form for inference, equalised.
    private let graph: Graph
    private var parameters: Parameters
    private let sites: QuantizationSites
    private var statistics: [String: ActivationStatistics]
    private var record: QuantizationRecord

    init(
        _ model: Model, on dataset: Dataset, recipe: QuantizationRecipe, run: QuantizationRun
    ) throws(ErdeError) {
        original = model
        self.dataset = dataset
        self.recipe = recipe
        self.run = run
        let images = dataset.train.spread(over: recipe.images)
        var fast = try model.graph.optimizedForInference(model.parameters)
        graph = fast.graph
        let sites = QuantizationSites(graph)
        guard !sites.layers.isEmpty else {
            let reasons = sites.refusals.map { "\($0.layer): \($0.reason)" }.joined(separator: ", ")
            throw ErdeError(
                .usage, "quantization", "no layer of the model has a form in bytes\(reasons.isEmpty ? "" : " (\(reasons))")",
                remedy: "give a model with convolutions or fully connected layers")
        }
        if recipe.trainingEpochs > 0 {
            guard let training = run.training else {
                throw ErdeError(
                    .usage, "--qat-epochs", "nothing says how to train", remedy: "leave it out, or give a dataset and a loss")
            }
            try training.validate(fast.graph, fast.parameters, on: dataset)
            self.training = training
        } else {
            training = nil
        }
        run.report("Observing \(sites.values.count) activations on \(images.count) training images")
        func observed(_ parameters: Parameters) throws(ErdeError) -> [String: ActivationStatistics] {
            try observe(
                sites.values, of: fast.graph, parameters, on: images, method: recipe.ranges, engine: run.engine,
                options: run.options)
        }
        var statistics = try observed(fast.parameters)
        if recipe.equalizes, graph.isDepthwise {
            let equalized = graph.equalized(fast.parameters, statistics)
            if !equalized.layers.isEmpty {
                run.report("Equalised the channels of \(equalized.layers.count) layers")
                fast.parameters = equalized.parameters
                statistics = try observed(fast.parameters)
            }
        }
        self.sites = sites
        self.statistics = statistics
        parameters = fast.parameters
        record = QuantizationRecord(recipe: recipe, layerCount: sites.layers.count)
        record.floatLayers = sites.refusals.map { .init(layer: $0.layer, reason: $0.reason) }
    }

    /// The model with as many layers in bytes as the accuracy allows.
    mutating func model() throws(ErdeError) -> Model {
        let before = try rightAnswers(original)
        record.accuracyBefore = before.map(\.share)
        if let training { try train(training) }
        record.constantValues = statistics.filter(\.value.isConstant).keys.sorted()
        record.sensitivities = try sensitivities()
        var kept = 0
        var quantized = try model(keeping: [])
        record.note(try rightAnswers(quantized), before: before)
        // Twice as many each time, so that a network of many layers is not tried layer by layer.
        while record.losesMore(than: recipe.maxDrop), kept < record.sensitivities.count {
            kept = min(max(1, 2 * kept), record.sensitivities.count)
            let layers = record.sensitivities.prefix(kept).map(\.layer)
            run.report("An exit loses \(points(record.largestDrop)) points; keeping in float: \(layers.joined(separator: ", "))")
            quantized = try model(keeping: Set(layers))
            record.note(try rightAnswers(quantized), before: before)
        }
        let reason = "an exit lost more than \(points(recipe.maxDrop)) points"
        record.floatLayers += record.sensitivities.prefix(kept).map { .init(layer: $0.layer, reason: reason) }
        record.layerCount = sites.layers.count - kept
        quantized.metadata.provenance.quantization = record
        return quantized
    }

    /// Trains with rounding in the loop; then ranges are observed again, since they move with the weights.
    private mutating func train(_ training: QuantizedTraining) throws(ErdeError) {
        run.report(
            "Training with rounding in the loop for \(recipe.trainingEpochs) \(noun("epoch", for: recipe.trainingEpochs)), "
                + "in batches of \(training.recipe.batchSize)")
        let untrained = (parameters: parameters, statistics: statistics, right: try rightAnswers(try model(keeping: [])))
        let rounded = try graph.fakeQuantizedForm(parameters, plan(keeping: []))
        parameters = try training.trained(rounded, parameters, on: dataset)
        record.isTrained = true
        statistics = try observe(
            sites.values, of: graph, parameters, on: dataset.train.spread(over: recipe.images), method: recipe.ranges,
            engine: run.engine, options: run.options)
        func total(_ answers: [[Bool]]) -> Int { answers.joined().count { $0 } }
        if total(try rightAnswers(try model(keeping: []))) < total(untrained.right) {
            run.report("The trained weights answer fewer calibration images rightly; they are left out")
            (parameters, statistics, record.isTrained) = (untrained.parameters, untrained.statistics, false)
        }
    }

    private func plan(keeping floatLayers: Set<String>) -> QuantizationPlan {
        QuantizationPlan(
            ranges: statistics.mapValues(\.range), floatLayers: floatLayers,
            weightLimit: recipe.weightBits == 8 ? 127 : 63)
    }

    private func points(_ share: Double) -> String { decimalText(100 * share, decimals: 2) }

    /// The model with some layers in float, without what was measured on, or learned beside, the weights that it had: thresholds,
    /// errors and weights of ensembles.
    private func model(keeping floatLayers: Set<String>) throws(ErdeError) -> Model {
        var plan = plan(keeping: floatLayers)
        // Those that learned beside rounded weights have seen what rounding does.
        if recipe.correctsBiases, !record.isTrained { plan.biasShifts = graph.biasShifts(parameters, plan, statistics) }
        let form = try graph.quantizedForm(parameters, plan)
        var model = original
        model.graph = form.graph
        model.parameters = form.parameters
        model.metadata.operatingPoints = []
        model.metadata.provenance.trainingErrorPerExit = nil
        model.metadata.provenance.outOfFoldErrorPerExit = nil
        model.metadata.provenance.ensembleWeights = nil
        return model
    }

    /// For each exit, which calibration images it answers rightly.
    private func rightAnswers(_ model: Model) throws(ErdeError) -> [[Bool]] {
        try stopIfAsked()
        let samples = dataset.calibration
        let logits = try exitLogits(of: model, samples: samples, engine: run.engine, options: run.options)
        for exit in logits.logits where !exit.allSatisfy(\.isFinite) {
            throw ErdeError(.badData, "model", "gives logits that are not finite on the calibration split")
        }
        return (0..<logits.exits).map { exit in
            (0..<logits.count).map { logits.prediction(exit: exit, image: $0) == samples.labels[$0] }
        }
    }

    private func stopIfAsked() throws(ErdeError) {
        if run.shouldStop() {
            throw ErdeError(
                .interrupted, "quantization", "stopped before it was done, and nothing of it is written",
                remedy: "run the same command again; what was done before it is kept")
        }
    }

    /// What quantizing each layer alone does to the answers, the most sensitive first.
    private func sensitivities() throws(ErdeError) -> [QuantizationRecord.Sensitivity] {
        let samples = dataset.train.spread(over: min(recipe.images, 256))
        func logits(_ model: Model) throws(ErdeError) -> ExitLogits {
            try stopIfAsked()
            return try exitLogits(of: model, samples: samples, engine: run.engine, options: run.options)
        }
        let layers = Set(sites.layers)
        // With the weights as they are now, trained or not: what rounding does to them is asked, not what training did.
        let exact = try logits(try model(keeping: layers))
        var found: [QuantizationRecord.Sensitivity] = []
        run.report("Measuring what each of \(sites.layers.count) layers loses")
        for layer in sites.layers {
            let alone = try logits(try model(keeping: layers.subtracting([layer])))
            found.append(.init(layer: layer, divergence: exact.divergence(of: alone)))
        }
        return found.sorted { ($0.divergence, $1.layer) > ($1.divergence, $0.layer) }
    }
}

extension QuantizationRecord {
    /// Writes down what changed, exit by exit.
    fileprivate mutating func note(_ after: [[Bool]], before: [[Bool]]) {
        accuracyAfter = after.map(\.share)
        lostImages = zip(before, after).map { zip($0, $1).count { $0 && !$1 } }
        gainedImages = zip(before, after).map { zip($0, $1).count { !$0 && $1 } }
    }
}

extension [Bool] {
    /// How many of all are true, 0…1.
    fileprivate var share: Double { isEmpty ? 0 : Double(count { $0 }) / Double(count) }
}

extension Graph {
    /// Whether a convolution filters each channel on its own.
    fileprivate var isDepthwise: Bool {
        nodes.contains {
            if case .convolution(let attributes) = $0.op { attributes.groups > 1 } else { false }
        }
    }
}
