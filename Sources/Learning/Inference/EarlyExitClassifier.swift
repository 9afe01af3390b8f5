package import Artifacts
package import Diagnostics
package import Execution
import Glibc
import Graphs
import Tensors

/// Classifies batches with the exits really taken: after each exit the images that leave are removed, the rest is packed
/// together, and only they run through the next segment.
package final class EarlyExitClassifier {
    /// Rows `[N, …]` of a tensor that later segments read.
    private struct Rows {
        var floats: [Float]
        let rowCount: Int

        /// The rows at the positions given, in that order.
        func gathered(_ positions: [Int]) -> Rows {
            var packed: [Float] = []
            packed.reserveCapacity(positions.count * rowCount)
            for position in positions { packed += floats[position * rowCount..<(position + 1) * rowCount] }
            return Rows(floats: packed, rowCount: rowCount)
        }
    }

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
    package func classify(_ images: [Float], count: Int) throws(ErdeError) -> [Classification] {
        var results: [Classification] = []
        results.reserveCapacity(count)
        let size = metadata.image.byteCount
        for start in stride(from: 0, to: count, by: batchSize) {
            let end = min(start + batchSize, count)
            results += try classifyBatch(Array(images[start * size..<end * size]), count: end - start)
        }
        return results
    }

    private func classifyBatch(_ images: [Float], count: Int) throws(ErdeError) -> [Classification] {
        var results = [Classification?](repeating: nil, count: count)
        // Positions in the batch of the images still on their way, in the order of the rows.
        var waiting = Array(0..<count)
        var tensors = [Model.inputName: Rows(floats: images, rowCount: metadata.image.byteCount)]
        for (index, segment) in segments.enumerated() {
            let outputs = try run(index, tensors, rows: waiting.count)
            let logits = outputs[segment.graph.outputs[0].name]!
            var staying: [Int] = []
            for row in waiting.indices {
                let values = logits.floats[row * logits.rowCount..<(row + 1) * logits.rowCount]
                if policy.leaves(at: index, score: policy.score.value(of: values)) {
                    results[waiting[row]] = answer(Array(values), exit: index)
                } else {
                    staying.append(row)
                }
            }
            if staying.isEmpty { break }
            let live = tensors.merging(outputs) { _, new in new }.filter { segment.liveAfter.contains($0.key) }
            tensors = staying.count == waiting.count ? live : live.mapValues { $0.gathered(staying) }
            waiting = staying.map { waiting[$0] }
        }
        return results.map { $0! }
    }

    private func answer(_ logits: [Float], exit: Int) -> Classification {
        var best = 0
        for index in logits.indices where logits[index] > logits[best] { best = index }
        let total = logits.reduce(0.0) { $0 + exp(Double($1) - Double(logits[best])) }
        return Classification(
            label: best, probability: 1 / total, exit: exit, macs: metadata.cumulativeMACs[exit], logits: logits)
    }

    /// Runs one segment on the first `rows` rows of its inputs.
    private func run(_ index: Int, _ tensors: [String: Rows], rows: Int) throws(ErdeError) -> [String: Rows] {
        let batch = bucket(for: rows)
        let executable = try executable(segment: index, batch: batch)
        let graph = executable.graph
        var inputs: [String: Tensor] = [:]
        for input in graph.inputs {
            let name = graph.name(of: input.value)
            let source = tensors[name]!
            let padding = [Float](repeating: 0, count: (batch - rows) * source.rowCount)
            inputs[name] = Tensor(graph.shape(of: input.value), source.floats + padding)
        }
        return try executable.run(inputs).mapValues { tensor in
            let rowCount = tensor.shape.count / batch
            return Rows(floats: Array(tensor.floats.prefix(rows * rowCount)), rowCount: rowCount)
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
