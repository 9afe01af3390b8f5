import CPUEngine
import Execution
import Testing

/// An engine that must agree with the reference engine, and how it is asked to run.
struct EngineUnderTest: Sendable, CustomTestStringConvertible {
    let engine: any Engine
    let options: CompilationOptions

    var testDescription: String { "\(engine.name), \(options.threads.map { "\($0) threads" } ?? "all threads")" }

    static let all = [
        EngineUnderTest(engine: CPUEngine(), options: CompilationOptions(precision: .float32, threads: 1)),
        EngineUnderTest(engine: CPUEngine(), options: CompilationOptions(precision: .float32, threads: 2)),
    ]
}
