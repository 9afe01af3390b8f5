import ArgumentParser

/// `erde bench train`, `erde bench infer` and `erde bench decode`
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures this machine's speed.",
        subcommands: [BenchTrainCommand.self, BenchInferCommand.self, BenchDecodeCommand.self])
}
