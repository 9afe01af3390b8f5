import Architectures
import ArgumentParser
import Artifacts
import Diagnostics
import Execution
import Graphs
import Tensors
import Training

/// `erde bench train`
struct BenchTrainCommand: LongComputation {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Images per second of a training step of an early-exit network.",
        discussion: """
            Steps as erde train makes them: random images are augmented beside the arithmetic, and the share of the time \
            spent waiting for them is told. With --teacher the step distils.

              erde bench train --widths 16,32,64 --blocks 3 --size 32 --channels 3 --batch 128 --json
              erde bench train --arch preresnet-8 --teacher preresnet-20x2 --size 28 --channels 1
            """)

    @Option(help: "The network, as erde train names it; instead of --widths and --blocks.")
    var arch: String?

    @Option(help: "Channels per stage of a PreResNet, separated by commas. (default: \(defaultWidths))")
    var widths: String?

    @Option(help: "Its residual blocks per stage. (default: \(defaultBlocks))")
    var blocks: Int?

    @Option(help: "A network to distil from.")
    var teacher: String?

    @Option(help: "Height and width of the images.")
    var size = 32

    @Option(help: "1 or 3.")
    var channels = 3

    @Option(help: "Images per step.")
    var batch = 128

    @Option(help: "Steps that are counted.")
    var rounds = 15

    @Flag(help: "Also show where the time goes.")
    var profile = false

    @OptionGroup var engine: EngineOptions
    @OptionGroup var common: CommonOptions

    private static let defaultWidths = "16,32,64"
    private static let defaultBlocks = 3

    func validate() throws {
        if arch != nil && (widths != nil || blocks != nil) {
            throw ValidationError("--arch names the whole network; leave out \(widths == nil ? "--blocks" : "--widths")")
        }
        if batch < 1 || rounds < 1 || size < 1 || (blocks ?? 1) < 1 || !(channels == 1 || channels == 3) {
            throw ValidationError("sizes must be positive, and channels 1 or 3")
        }
    }

    func run() throws {
        common.apply()
        let image = ImageFormat(channels: channels, height: size, width: size)
        let student = try network(arch ?? preResNet, image, seed: 1)
        let teacher = try teacher.map { try network($0, image, seed: 2) }
        var options = engine.compilation
        options.isProfiled = profile
        let step = try TrainingStepBenchmark(
            student: student.graph, parameters: student.parameters, teacher: teacher.map { ($0.graph, $0.parameters) },
            image: image, batch: batch, engine: engine.engine, options: options)
        for _ in 0..<3 { try step.run() }
        let waitingBefore = step.waiting
        var seconds: [Double] = []
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            try step.run()
            seconds.append((ContinuousClock.now - start).seconds)
        }
        let work = teacher.map { "distil \(student.name) from \($0.name)" } ?? "train \(student.name)"
        var result = SpeedResult(
            work: "\(work) at \(channels)x\(size)x\(size)", batch: batch, seconds: seconds.sorted(), engine: engine)
        result.waitingShare = (step.waiting - waitingBefore).seconds / seconds.reduce(0, +)
        result.secondsByWork = profile ? step.profile.mapValues { $0.seconds / Double(rounds + 3) } : nil
        Console.standard.result(common.json ? try JSONText.text(result) : result.text)
        if let work = result.secondsByWork, !common.json { Console.standard.result("\n" + table(work)) }
    }

    /// Milliseconds of a step by kind of work, the longest first.
    private func table(_ work: [String: Double]) -> String {
        let total = work.values.reduce(0, +)
        var table = TextTable(["work", "ms per step", "share"])
        for (name, seconds) in work.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            table.add([name, decimalText(1000 * seconds, decimals: 2), percentText(seconds / total)])
        }
        return table.text
    }

    private var preResNet: String {
        let widths = widths ?? Self.defaultWidths
        let stages = widths.split(separator: ",").count
        let list = [String](repeating: "\(blocks ?? Self.defaultBlocks)", count: stages).joined(separator: ",")
        return "preresnet:widths=\(widths):blocks=\(list)"
    }

    private func network(
        _ name: String, _ image: ImageFormat, seed: UInt64
    ) throws(ErdeError) -> (name: String, graph: Graph, parameters: Parameters) {
        let architecture = try ArchitectureDescription(parsing: name)
        let statistics = [Float](repeating: 0.5, count: image.channels)
        let graph = try architecture.buildGraph(
            image: image, classes: 10, mean: statistics, standardDeviation: statistics)
        return (architecture.name, graph, initialParameters(for: graph, seed: seed))
    }
}
