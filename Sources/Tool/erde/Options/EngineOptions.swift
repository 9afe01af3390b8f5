import ArgumentParser
import CPUEngine
import Execution

/// Where the arithmetic is done. The only place that names an engine.
struct EngineOptions: ParsableArguments {
    @Option(help: "Worker threads; the machine's processors by default.")
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024 ~= threads) { throw ValidationError("--threads takes a number from 1 to 1024") }
    }

    var engine: any Engine { CPUEngine() }

    var compilation: CompilationOptions { CompilationOptions(precision: .float32, threads: threads) }
}
