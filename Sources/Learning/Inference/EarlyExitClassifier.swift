package import Artifacts
package import Diagnostics
package import Execution
import Glibc
import Graphs
import Tensors

/// Classifies images with the exits really taken: after each exit the images that leave are removed, and those that stay,
/// of several batches, are packed into full ones, so that deep segments run at full width too.
package final class EarlyExitClassifier {
    private let segments: [ExitSegment]
    private let parameters: Parameters
    private let metadata: ModelMetadata
    private let policy: ExitPolicy
    private let engine: any Engine
    private let options: CompilationOptions
    /// Executables by segment and batch size, compiled when first needed.
    private var executables: [Key: any Executable] = [:]
    private let batchSize: Int

    private struct Key: Hashable {
        let segment: Int
        let batch: Int
    }

    /// - Parameters:
    ///   - policy: one threshold for every exit but the last.
    ///   - batchSize: the most images that run at once.
    /// - Throws: `ErdeError` of kind `badData` when thresholds and exits, or variables and graph, do not fit.
    package init(
        model: Model, policy: ExitPolicy, engine: any Engine, options: CompilationOptions, batchSize: Int = 128
    ) throws(ErdeError) {
        guard policy.thresholds.count == model.exitCount - 1 else {
            throw ErdeError(
                .badData, "thresholds", "expected \(model.exitCount - 1), found \(policy.thresholds.count)",
                remedy: "run `erde calibrate` on this model")
        }
        let fast = try model.graph.optimizedForInference(model.parameters)
        segments = fast.graph.exitSegments()
        parameters = fast.parameters
        metadata = model.metadata
        self.policy = policy
        self.engine = engine
        self.options = options
        self.batchSize = batchSize
    }

    /// Classifies images `[N, C, H, W]`, pixels scaled to 0…1, given row-major. Results are in the images' order.
    ///
    /// The more images at once, the fuller the batches of the deep segments.
    package func classify(_ images: [Float], count: Int) throws(ErdeError) -> [Classification] {
        var results = [Classification?](repeating: nil, count: count)
        var queues = [WaitingImages](repeating: WaitingImages(), count: segments.count)
        let size = metadata.image.byteCount
        for start in stride(from: 0, to: count, by: batchSize) {
            let end = min(start + batchSize, count)
            queues[0].append(start..<end, Model.inputName, images[start * size..<end * size])
            let isLast = end == count
            for index in segments.indices {
                while queues[index].count >= batchSize || isLast && queues[index].count > 0 {
                    let batch = queues[index].take(min(batchSize, queues[index].count))
                    let staying = try run(index, batch) { results[$0] = $1 }
                    for (position, parts) in staying { queues[index + 1].append(position, parts) }
                }
            }
        }
        return results.map { $0! }
    }

    /// Runs one segment; tells the answers of the images that leave and gives those that stay, with what later segments
    /// read.
    private func run(
        _ index: Int, _ batch: WaitingImages, leave: (Int, Classification) -> Void
    ) throws(ErdeError) -> [(position: Int, parts: [(name: String, row: ArraySlice<Float>)])] {
        let segment = segments[index]
        let outputs = try outputs(index, batch)
        let logits = outputs[segment.graph.outputs[0].name]!
        let live = segment.liveAfter.map { (name: $0, floats: outputs[$0] ?? batch.floats($0)!) }
        let width = logits.count / batch.count
        var staying: [(position: Int, parts: [(name: String, row: ArraySlice<Float>)])] = []
        for (row, position) in batch.positions.enumerated() {
            let values = logits[row * width..<(row + 1) * width]
            if policy.leaves(at: index, score: policy.score.value(of: values)) {
                leave(position, answer(Array(values), exit: index))
            } else {
                staying.append(
                    (
                        position,
                        live.map { part in
                            let size = part.floats.count / batch.count
                            return (part.name, part.floats[row * size..<(row + 1) * size])
                        }
                    ))
            }
        }
        return staying
    }

    private func answer(_ logits: [Float], exit: Int) -> Classification {
        var best = 0
        for index in logits.indices where logits[index] > logits[best] { best = index }
        let total = logits.reduce(0.0) { $0 + exp(Double($1) - Double(logits[best])) }
        return Classification(
            label: best, probability: 1 / total, exit: exit, macs: metadata.cumulativeMACs[exit], logits: logits)
    }

    /// The outputs of a segment by name, one row per image.
    private func outputs(_ index: Int, _ batch: WaitingImages) throws(ErdeError) -> [String: [Float]] {
        let prepared = bucket(for: batch.count)
        let executable = try executable(segment: index, batch: prepared)
        let graph = executable.graph
        var inputs: [String: Tensor] = [:]
        for input in graph.inputs {
            let name = graph.name(of: input.value)
            let rows = batch.floats(name)!
            let padding = [Float](repeating: 0, count: (prepared - batch.count) * (rows.count / batch.count))
            inputs[name] = Tensor(graph.shape(of: input.value), padding.isEmpty ? rows : rows + padding)
        }
        return try executable.run(inputs).mapValues { tensor in
            prepared == batch.count
                ? tensor.floats : Array(tensor.floats.prefix(batch.count * (tensor.shape.count / prepared)))
        }
    }

    /// The smallest prepared batch size that holds `rows`: a power of two, or the full batch.
    private func bucket(for rows: Int) -> Int {
        var size = 1
        while size < rows { size *= 2 }
        return min(size, batchSize)
    }

    private func executable(segment: Int, batch: Int) throws(ErdeError) -> any Executable {
        let key = Key(segment: segment, batch: batch)
        if let ready = executables[key] { return ready }
        let graph = try segments[segment].graph.rebatched(batch)
        let compiled = try engine.compile(graph, parameters: parameters, options: options)
        executables[key] = compiled
        return compiled
    }
}
