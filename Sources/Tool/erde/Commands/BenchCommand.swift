import ArgumentParser

/// `erde bench train` and `erde bench infer`
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures this machine's speed.",
        subcommands: [BenchTrainCommand.self, BenchInferCommand.self])
}
