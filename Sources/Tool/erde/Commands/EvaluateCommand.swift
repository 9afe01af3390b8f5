import ArgumentParser
import Artifacts
import Calibrate
import Diagnostics
import Inference
import ONNXFormat

/// `erde evaluate MODEL [DATA]`
struct EvaluateCommand: LongComputation {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measures a model: accuracy, mean MACs, exit shares, calibration error, confusion.",
        discussion: """
            Without a budget or threshold, every budget that the model knows and full depth are measured, and the table of \
            classes is about the largest budget. --json has the whole confusion matrix of each.

              erde evaluate student.pb --budget 10M
              erde evaluate student.pb photos.erds --theta 0.5 --json
            """)

    @Argument(help: "The model file.")
    var model: String

    @Argument(help: "A dataset file; by default the one the model was trained on.")
    var data: String?

    @Option(name: .customLong("data"), help: ArgumentHelp("The same, as in other commands.", valueName: "data"))
    var namedData: String?

    @Option(help: "train, calibration or test.")
    var split = DatasetSplit.test

    @Option(help: ArgumentHelp("Use the thresholds fitted for this budget: \(MACQuantity.help).", valueName: "macs"))
    var budget: MACQuantity?

    @Option(help: "Use one threshold for all exits.")
    var theta: Double?

    @Option(help: "At most so many images of the split, evenly spread.")
    var limit: Int?

    @Option(help: "Write the logits: raw float32, little endian, [exits, N, K].")
    var dumpLogits: String?

    @Option(help: "Write the images as the network takes them: raw float32, little endian, [N, C, H, W], 0 to 1.")
    var dumpImages: String?

    @OptionGroup var engine: EngineOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if data != nil && namedData != nil { throw ValidationError("the dataset is named twice") }
        if budget != nil && theta != nil { throw ValidationError("--budget and --theta exclude each other") }
        if let limit, limit < 1 { throw ValidationError("--limit takes a positive number") }
        if let theta, theta < 0 || theta.isNaN { throw ValidationError("--theta takes a number of at least 0") }
    }

    func run() throws {
        common.apply()
        let data = data ?? namedData
        let loaded = try ModelFile.read(named: model)
        let place = try DatasetPlace(given: data, of: loaded, named: model)
        for path in [dumpLogits, dumpImages] {
            if let path { try OutputPlace.check(file: path, inputs: [model, place.path]) }
        }
        if let dumpLogits, let dumpImages, OutputPlace.isSamePlace(dumpLogits, dumpImages) {
            throw ErdeError(
                .usage, "--dump-logits and --dump-images", "name one file, \(dumpLogits)", remedy: "name two files")
        }
        let all = place.dataset.samples(split)
        let samples = limit.map(all.spread) ?? all
        let settings = try settings(of: loaded)
        let logits = try LabelledLogits(of: loaded, samples, engine: engine)
        if let dumpLogits { try RawFloats.write(logits.perExit.flatMap { $0 }, to: dumpLogits) }
        if let dumpImages { try RawFloats.write(PixelScaling.floats(of: samples, 0..<samples.count), to: dumpImages) }
        let report = try evaluate(
            logits, split: split, model: model, classNames: loaded.metadata.classNames,
            cumulativeMACs: loaded.metadata.cumulativeMACs,
            score: loaded.metadata.operatingPoints.first?.policy.score ?? .entropy, settings: settings)
        Console.standard.result(common.json ? try JSONText.text(report) : EvaluationSummary(report).text)
    }

    /// The ways of leaving that were asked for, with the budget they belong to.
    private func settings(of model: Model) throws(ErdeError) -> [(budgetMACs: Double?, thresholds: [Double])] {
        let gates = model.exitCount - 1
        if let theta { return [(nil, [Double](repeating: theta, count: gates))] }
        if let budget {
            let point = try model.operatingPoint(for: budget, named: self.model)
            return [(point.budgetMACs, point.policy.thresholds)]
        }
        return model.metadata.operatingPoints.map { ($0.budgetMACs, $0.policy.thresholds) }
            + [(nil, [Double](repeating: 0, count: gates))]
    }
}

extension DatasetSplit: ExpressibleByArgument {}
