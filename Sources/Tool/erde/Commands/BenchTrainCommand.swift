import Architectures
import ArgumentParser
import Artifacts
import Diagnostics
import Graphs
import Tensors
import Training

/// `erde bench train`
struct BenchTrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Images per second of a training step of an early-exit network.",
        discussion: """
              erde bench train --widths 16,32,64 --blocks 3 --size 32 --channels 3 --batch 128 --json
              erde bench train --arch densenet-40-12 --size 28 --channels 1
            """)

    @Option(
        help: ArgumentHelp(
            "The network, as erde train takes it; by default a PreResNet of the widths and blocks.", valueName: "name"))
    var arch: String?

    @Option(help: "Channels per stage, separated by commas.")
    var widths = "16,32,64"

    @Option(help: "Residual blocks per stage.")
    var blocks = 3

    @Option(help: "Height and width of the images.")
    var size = 32

    @Option(help: "1 or 3.")
    var channels = 3

    @Option(help: "Images per step.")
    var batch = 128

    @Option(help: "Steps that are counted.")
    var rounds = 15

    @OptionGroup var engine: EngineOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if batch < 1 || rounds < 1 || size < 1 || blocks < 1 || !(channels == 1 || channels == 3) {
            throw ValidationError("sizes must be positive, and channels 1 or 3")
        }
    }

    private var preResNet: String {
        let stages = widths.split(separator: ",").count
        let list = [String](repeating: "\(blocks)", count: stages).joined(separator: ",")
        return "preresnet:widths=\(widths):blocks=\(list)"
    }

    func run() throws {
        common.apply()
        let architecture = try ArchitectureDescription(parsing: arch ?? preResNet)
        let image = ImageFormat(channels: channels, height: size, width: size)
        let statistics = [Float](repeating: 0.5, count: channels)
        let student = try architecture.buildGraph(
            image: image, classes: 10, mean: statistics, standardDeviation: statistics)
        let step = try TrainingStepBenchmark(
            student: student, parameters: initialParameters(for: student, seed: 1), batch: batch, engine: engine.engine,
            options: engine.compilation)
        for _ in 0..<3 { try step.run() }
        var seconds: [Double] = []
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            try step.run()
            seconds.append((ContinuousClock.now - start).seconds)
        }
        let result = SpeedResult(
            work: "train \(architecture.name) at \(channels)x\(size)x\(size)", batch: batch, seconds: seconds.sorted(),
            engine: engine)
        Console.standard.result(common.json ? try JSONText.text(result) : result.text)
    }
}
