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
    /// For each segment, the names of what is kept of an image that waits for it.
    let waiting: [[String]]
    /// What passes between segments and may be in a form of the engine's own: not what stands for bytes, which must become the same
    /// bytes again.
    let carried: Set<String>

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
        waiting = [[Model.inputName]] + segments.dropLast().map(\.liveAfter)
        carried = model.isQuantized ? [] : Set(segments.dropLast().flatMap(\.liveAfter)).subtracting([Model.inputName])
        parameters = fast.parameters
        metadata = model.metadata
        self.policy = policy
    }
}
