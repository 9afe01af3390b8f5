import ArgumentParser
import CPUEngine
import Diagnostics
import ONNXFormat

/// `erde bench infer MODEL`
struct BenchInferCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "infer", abstract: "Images per second of a model at full depth.",
        discussion: "  erde bench infer student.pb --batch 128 --json")

    @Argument(help: "The model file.")
    var model: String

    @Option(help: "Images per run.")
    var batch = 128

    @Option(help: "Runs that are counted.")
    var rounds = 15

    @OptionGroup var engine: EngineOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if !(1...65_536 ~= batch) || rounds < 1 { throw ValidationError("--batch and --rounds take positive numbers") }
    }

    func run() throws {
        common.apply()
        let loaded = try ModelFile.read(path: model)
        let seconds = try InferenceSpeed(model: loaded, engine: engine).times(batch: batch, rounds: rounds)
        let result = SpeedResult(work: "infer \(model)", batch: batch, seconds: seconds, engine: engine)
        Console.standard.result(common.json ? try JSONText.text(result) : result.text)
    }
}
