package import Artifacts
package import Diagnostics
package import Execution
import Graphs
import Tensors

/// Runs a model to its last exit and gives the logits of all exits.
package final class FullDepthClassifier {
    private let graph: Graph
    private let parameters: Parameters
    private let engine: any Engine
    private let options: CompilationOptions
    private var executables: [Int: any Executable] = [:]
    /// The exits' output names, in order.
    private let exits: [String]
    private let classes: Int

    /// - Throws: `ErdeError` of kind `badData` when the model's variables do not fit its graph.
    package init(model: Model, engine: any Engine, options: CompilationOptions) throws(ErdeError) {
        let fast = try model.graph.optimizedForInference(model.parameters)
        graph = fast.graph
        parameters = fast.parameters
        self.engine = engine
        self.options = options
        exits = graph.outputs.map(\.name)
        classes = graph.outputs.first.map { fast.graph.shape(of: $0.value)[1] } ?? 0
    }

    /// Logits of all exits for images `[N, C, H, W]`, pixels scaled to 0…1, given row-major.
    package func logits(_ images: [Float], count: Int) throws(ErdeError) -> ExitLogits {
        let executable = try executable(batch: count)
        let shape = executable.graph.shape(of: executable.graph.inputs[0].value)
        let results = try executable.run([Model.inputName: Tensor(shape, images)])
        return ExitLogits(count: count, classes: classes, logits: exits.map { results[$0]!.floats })
    }

    private func executable(batch: Int) throws(ErdeError) -> any Executable {
        if let ready = executables[batch] { return ready }
        let compiled = try engine.compileForInference(graph, batch: batch, parameters: parameters, options: options)
        executables[batch] = compiled
        return compiled
    }
}

/// Logits of all exits for all images of a split.
///
/// - Parameter progress: called after each batch with the number of images done.
package func exitLogits(
    of model: Model, samples: Samples, engine: any Engine, options: CompilationOptions, batchSize: Int = 256,
    progress: (Int) -> Void = { _ in }
) throws(ErdeError) -> ExitLogits {
    let classifier = try FullDepthClassifier(model: model, engine: engine, options: options)
    var logits = [[Float]](repeating: [], count: model.exitCount)
    for exit in logits.indices { logits[exit].reserveCapacity(samples.count * model.metadata.classNames.count) }
    var classes = model.metadata.classNames.count
    for start in stride(from: 0, to: samples.count, by: batchSize) {
        let range = start..<min(start + batchSize, samples.count)
        let part = try classifier.logits(PixelScaling.floats(of: samples, range), count: range.count)
        classes = part.classes
        for exit in logits.indices { logits[exit] += part.logits[exit] }
        progress(range.upperBound)
    }
    return ExitLogits(count: samples.count, classes: classes, logits: logits)
}
