package import Artifacts
package import Diagnostics
import Graphs
import Tensors

/// A model ready for inference with the exits really taken: cut at them, with the policy by which images leave.
package struct EarlyExitNetwork: Sendable {
    let segments: [ExitSegment]
    let parameters: Parameters
    let metadata: ModelMetadata
    let policy: ExitPolicy
    /// For each segment, what is kept of an image that waits for it.
    let waiting: [[WaitingImages.Part]]

    /// - Parameter policy: one threshold for every exit but the last.
    /// - Throws: `ErdeError` of kind `badData` when thresholds and exits, or variables and graph, do not fit.
    package init(model: Model, policy: ExitPolicy) throws(ErdeError) {
        guard policy.thresholds.count == model.exitCount - 1 else {
            throw ErdeError(
                .badData, "thresholds", "expected \(model.exitCount - 1), found \(policy.thresholds.count)",
                remedy: "run `erde calibrate` on this model")
        }
        let fast = try model.graph.optimizedForInference(model.parameters)
        segments = try fast.graph.exitSegmentsCarryingFloats()
        var sizes = [Model.inputName: model.metadata.image.byteCount]
        for segment in segments {
            for output in segment.graph.outputs {
                let shape = segment.graph.shape(of: output.value)
                sizes[output.name] = shape.count / max(1, shape[0])
            }
        }
        waiting = ([[Model.inputName]] + segments.dropLast().map(\.liveAfter)).map { names in
            names.map { WaitingImages.Part(name: $0, size: sizes[$0]!) }
        }
        parameters = fast.parameters
        metadata = model.metadata
        self.policy = policy
    }
}
