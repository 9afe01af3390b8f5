package import Artifacts
package import Diagnostics
package import Execution
package import Graphs
import Inference
import Tensors

/// Watches values of a network on calibration images.
///
/// - Parameters:
///   - graph: in the form for inference, with its `parameters`.
///   - values: images `[N, C, H, W]` of the graph.
///   - samples: at least one image.
/// - Returns: statistics by the values' names.
/// - Throws: `ErdeError` of kind `badData` when there are no images, or a value is not finite.
package func observe(
    _ values: [Value], of graph: Graph, _ parameters: Parameters, on samples: Samples, method: QuantizationRecipe.RangeMethod,
    engine: any Engine, options: CompilationOptions
) throws(ErdeError) -> [String: ActivationStatistics] {
    guard samples.count > 0 else {
        throw ErdeError(
            .badData, "calibration images", "there are none, so that no range can be observed",
            remedy: "give a dataset with training images")
    }
    let watched = Graph(
        unverified: graph.values, origins: graph.origins, inputs: graph.inputs, variables: graph.variables,
        constants: graph.constants, nodes: graph.nodes,
        outputs: values.map { Graph.Output(name: graph.name(of: $0), value: $0) }
    ).removingDeadNodes()
    var runs = Watch(graph: watched, parameters: parameters, samples: samples, engine: engine, options: options)
    var statistics: [String: ActivationStatistics] = [:]
    for value in values { statistics[graph.name(of: value)] = ActivationStatistics(channels: graph.shape(of: value)[1]) }
    try runs.forEachBatch { name, scalars, images in statistics[name]?.add(scalars, images: images) }
    for name in statistics.keys { statistics[name]?.finish() }
    for (name, found) in statistics.sorted(by: { $0.key < $1.key })
    where !found.lower.isFinite || !found.upper.isFinite {
        throw ErdeError(
            .badData, name, "takes values that are not finite on the calibration images",
            remedy: "train the model again with a smaller learning rate")
    }
    guard method != .minMax else { return statistics }
    var histograms = statistics.mapValues { MagnitudeHistogram(limit: max(abs($0.lower), abs($0.upper))) }
    try runs.forEachBatch { name, scalars, _ in histograms[name]?.add(scalars) }
    for (name, histogram) in histograms {
        let isSigned = (statistics[name]?.lower ?? 0) < 0
        statistics[name]?.bound = method.bound(of: histogram, levels: isSigned ? 127 : 255)
    }
    return statistics
}

/// Runs of a graph over all images, batch by batch.
private struct Watch {
    let graph: Graph
    let parameters: Parameters
    let samples: Samples
    let engine: any Engine
    let options: CompilationOptions
    private var executables: [Int: any Executable] = [:]

    init(graph: Graph, parameters: Parameters, samples: Samples, engine: any Engine, options: CompilationOptions) {
        self.graph = graph
        self.parameters = parameters
        self.samples = samples
        self.engine = engine
        self.options = options
    }

    /// Calls `body` with each output's name, elements and number of images.
    mutating func forEachBatch(_ body: (String, [Float], Int) -> Void) throws(ErdeError) {
        let size = 64
        for start in stride(from: 0, to: samples.count, by: size) {
            let range = start..<min(start + size, samples.count)
            let executable = try executable(batch: range.count)
            let input = executable.graph.inputs[0]
            try executable.write(
                input: input, Tensor(executable.graph.shape(of: input.value), PixelScaling.floats(of: samples, range)))
            try executable.run()
            for output in executable.graph.outputs { body(output.name, try executable.read(output: output).floats, range.count) }
        }
    }

    private mutating func executable(batch: Int) throws(ErdeError) -> any Executable {
        if let ready = executables[batch] { return ready }
        let made = try engine.compile(try graph.rebatched(batch), parameters: parameters, options: options)
        executables[batch] = made
        return made
    }
}
