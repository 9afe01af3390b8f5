import ArgumentParser
import CPUEngine
import Execution

/// Where the arithmetic is done. The only place that names an engine.
struct EngineOptions: ParsableArguments {
    @Option(help: "Worker threads; the machine's processors by default.")
    var threads: Int?

    @Option(
        help: """
            auto, float32 or bfloat16: what activations and the weights of convolutions are rounded to while they are used. \
            auto is bfloat16 where the processor has instructions for it.
            """)
    var precision = Precision.auto

    func validate() throws {
        if let threads, !(1...1024 ~= threads) { throw ValidationError("--threads takes a number from 1 to 1024") }
    }

    var engine: any Engine { CPUEngine() }

    /// Bits of a quantized weight that this machine multiplies rightly.
    var weightBits: Int { CPUEngine.int8 == .saturating ? 7 : 8 }

    var compilation: CompilationOptions { CompilationOptions(precision: precision, threads: threads) }
}

extension Precision: ExpressibleByArgument {}
