import Artifacts
import Diagnostics
import Execution
import Graphs
import Inference
import Tensors

/// Times a model at full depth on this machine.
struct InferenceSpeed {
    let model: Model
    let engine: EngineOptions

    /// Milliseconds per image of `rounds` runs after three that are not counted, on random pixels.
    func milliseconds(batch: Int, rounds: Int = 15) throws(ErdeError) -> TimeMeasurement {
        let seconds = try times(batch: batch, rounds: rounds)
        let perImage = seconds.map { 1000 * $0 / Double(batch) }
        return TimeMeasurement(
            median: perImage[perImage.count / 2], low: perImage[0], high: perImage[perImage.count - 1])
    }

    /// Seconds of each run, ascending.
    func times(batch: Int, rounds: Int) throws(ErdeError) -> [Double] {
        let fast = try model.graph.optimizedForInference(model.parameters)
        let executable = try engine.engine.compileForInference(
            fast.graph, batch: batch, parameters: fast.parameters, options: engine.compilation)
        let input = executable.graph.inputs[0]
        let shape = executable.graph.shape(of: input.value)
        var random = RandomGenerator(seed: 1)
        try executable.write(input: input, Tensor(shape, (0..<shape.count).map { _ in Float(random.uniform()) }))
        for _ in 0..<3 { try executable.run() }
        var seconds: [Double] = []
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            try executable.run()
            seconds.append((ContinuousClock.now - start).seconds)
        }
        return seconds.sorted()
    }
}
