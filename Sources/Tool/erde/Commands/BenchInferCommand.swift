import ArgumentParser
import Artifacts
import CPUEngine
import Diagnostics
import Inference
import ONNXFormat
import Quantize

/// `erde bench infer MODEL`
struct BenchInferCommand: LongComputation {
    static let configuration = CommandConfiguration(
        commandName: "infer", abstract: "Images per second of a model, at full depth or with its exits.",
        discussion: """
            At full depth the images are random. With --budget or --theta real images are needed, since what they look like \
            decides where they leave: those of the test split of the model's dataset, or of --data.

              erde bench infer student.pb --batch 128 --json
              erde bench infer student.pb --budget 12M
            """)

    @Argument(help: "The model file.")
    var model: String

    @Option(help: "Images per run.")
    var batch = 128

    @Option(help: "Runs that are counted; with exits, passes over the images.")
    var rounds = 15

    @Option(help: ArgumentHelp("Leave by the thresholds fitted for this budget: \(MACQuantity.help).", valueName: "macs"))
    var budget: MACQuantity?

    @Option(help: "Leave by one threshold for all exits, on the model's own score.")
    var theta: Double?

    @Option(help: "A dataset file; by default the one the model was trained on.")
    var data: String?

    @Option(help: "At most so many images of the test split, evenly spread. (default: \(defaultLimit))")
    var limit: Int?

    @OptionGroup var engine: EngineOptions
    @OptionGroup var common: CommonOptions

    private static let defaultLimit = 4096

    func validate() throws {
        if !(1...65_536 ~= batch) || rounds < 1 || (limit ?? 1) < 1 {
            throw ValidationError("--batch, --rounds and --limit take positive numbers")
        }
        if budget != nil && theta != nil { throw ValidationError("--budget and --theta exclude each other") }
        if budget == nil && theta == nil && (data != nil || limit != nil) {
            throw ValidationError("--data and --limit go with --budget or --theta; at full depth the images are random")
        }
        if let theta, theta < 0 || theta.isNaN { throw ValidationError("--theta takes a number of at least 0") }
    }

    func run() throws {
        common.apply()
        let loaded = try ModelFile.read(named: model)
        let policy =
            theta == nil && budget == nil ? nil : try loaded.policy(theta: theta, budget: budget, named: model)
        var result = try policy.map { try withExits(loaded, $0) } ?? fullDepth(loaded)
        result.isQuantized = loaded.isQuantized
        Console.standard.result(common.json ? try JSONText.text(result) : result.text)
    }

    private func fullDepth(_ loaded: Model) throws(ErdeError) -> SpeedResult {
        let seconds = try InferenceSpeed(model: loaded, engine: engine).times(batch: batch, rounds: rounds)
        return SpeedResult(work: "infer \(model)", batch: batch, seconds: seconds, engine: engine)
    }

    /// All images in each run, in batches of `batch`, as `erde classify` does once they are decoded.
    private func withExits(_ loaded: Model, _ policy: ExitPolicy) throws(ErdeError) -> SpeedResult {
        let place = try DatasetPlace(given: data, of: loaded, named: model)
        let samples = place.dataset.samples(.test).spread(over: limit ?? Self.defaultLimit)
        let images = PixelScaling.floats(of: samples, 0..<samples.count)
        let classifier = try EarlyExitClassifier(
            model: loaded, policy: policy, engine: engine.engine, options: engine.compilation, batchSize: batch)
        var meanMACs = 0.0
        var seconds: [Double] = []
        for round in 0...rounds {
            let start = ContinuousClock.now
            let answers = try classifier.classify(images, count: samples.count)
            if round > 0 { seconds.append((ContinuousClock.now - start).seconds) }
            meanMACs = answers.reduce(0) { $0 + Double($1.macs) } / Double(max(1, answers.count))
        }
        var result = SpeedResult(
            work: "infer \(model) with exits", batch: batch, images: samples.count, seconds: seconds.sorted(),
            engine: engine)
        result.meanMACs = meanMACs
        return result
    }
}
