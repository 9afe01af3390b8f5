import CAllocationCounter
import CPUEngine
import Execution
import Graphs
import TestSupport
import Testing

/// With one thread all of a run's work is done by the thread that asks for it, so that its own requests are all there are.
@Suite("Memory of a steady step")
struct AllocationTests {
    @Test("the counter counts large requests")
    func counts() {
        let before = erde_large_allocations()
        let array = [Float](repeating: 1, count: 1 << 20)
        #expect(array.last == 1)
        #expect(erde_large_allocations() > before)
    }

    @Test("a training step takes no memory once it has run", arguments: [Precision.float32, .bfloat16])
    func takesNone(precision: Precision) throws {
        if precision == .bfloat16 && CPUEngine.bfloat16 == .none { return }
        // Images of 33 channels and 16 rows: each is larger than what is counted.
        let training = try TrainingGraph(batch: 16, channels: 33)
        let executable = try CPUEngine().compile(
            training.graph, parameters: training.parameters, options: CompilationOptions(precision: precision, threads: 1))
        for (name, tensor) in training.inputs(step: 0) {
            let input = try #require(training.graph.inputs.first { training.graph.name(of: $0.value) == name })
            try executable.write(input: input, tensor)
        }
        // The library keeps what its first runs asked for.
        for _ in 0..<2 { try executable.run() }
        let before = erde_large_allocations()
        for _ in 0..<3 { try executable.run() }
        #expect(erde_large_allocations() == before)
    }
}
