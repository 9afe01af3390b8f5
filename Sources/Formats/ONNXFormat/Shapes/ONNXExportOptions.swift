package import Artifacts

/// How a model is written for other runtimes as ONNX.
package struct ONNXExportOptions: Hashable, Sendable {
    /// What the written graph computes.
    package enum Shape: Hashable, Sendable {
        /// All exits as outputs.
        case all
        /// One exit, counted from 0; nothing behind it, no head before it.
        case cut(exit: Int)
        /// Each image of a batch leaves on its own; thresholds as constants or as an input.
        case dynamic(takesThresholds: Bool)
        /// One file for each segment between exits, and a contract in JSON.
        case stages
    }

    package var shape: Shape
    /// When images leave, for the shapes in which they do.
    package var policy: ExitPolicy?
    /// The budget that `policy` was fitted for.
    package var budgetMACs: Double?
    /// Version of ONNX's operator set, within `OperatorSetVersion.supported`.
    package var operatorSet: Int64
    /// SHA-256 of the model's file.
    package var modelHash: String

    package init(
        shape: Shape, policy: ExitPolicy? = nil, budgetMACs: Double? = nil,
        operatorSet: Int64 = OperatorSetVersion.standard, modelHash: String
    ) {
        self.shape = shape
        self.policy = policy
        self.budgetMACs = budgetMACs
        self.operatorSet = operatorSet
        self.modelHash = modelHash
    }
}
