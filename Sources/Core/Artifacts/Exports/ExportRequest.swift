package import Diagnostics

/// How a model is written for a runtime that takes graphs.
package struct ExportRequest: Hashable, Sendable {
    package var shape: ExportShape
    /// When images leave, for the shapes in which they do.
    package var policy: ExitPolicy?
    /// The budget that `policy` was fitted for.
    package var budgetMACs: Double?
    /// SHA-256 of the model's file.
    package var modelHash: String

    package init(shape: ExportShape, policy: ExitPolicy? = nil, budgetMACs: Double? = nil, modelHash: String) {
        self.shape = shape
        self.policy = policy
        self.budgetMACs = budgetMACs
        self.modelHash = modelHash
    }

    /// What a file of this shape says of itself.
    ///
    /// - Parameter stage: of a file of stages, counted from 0.
    package func description(stage: Int = 0) -> ExportDescription {
        switch shape {
        case .all: ExportDescription(shape: .all, modelHash: modelHash)
        case .cut(let exit): ExportDescription(shape: .cut, exit: exit + 1, modelHash: modelHash)
        case .dynamic(let takesThresholds):
            ExportDescription(
                shape: .dynamic, modelHash: modelHash, policy: policy, budgetMACs: budgetMACs, takesThresholds: takesThresholds)
        case .stages:
            ExportDescription(
                shape: .stage, exit: stage + 1, modelHash: modelHash, policy: policy, budgetMACs: budgetMACs)
        }
    }

    /// The thresholds, of which the model needs one for each exit but the last.
    ///
    /// - Parameter name: of the file, for the error.
    /// - Throws: `ErdeError` of kind `usage` when there are none or too few, or the model has a single exit.
    package func requirePolicy(for model: Model, name: String) throws(ErdeError) -> ExitPolicy {
        guard model.exitCount > 1 else {
            throw ErdeError(
                .usage, name, "a model of one exit has nothing to leave early from", remedy: "export it with --shape all")
        }
        guard let policy, policy.thresholds.count == model.exitCount - 1 else {
            throw ErdeError(
                .usage, name, "needs \(model.exitCount - 1) thresholds, and the model has \(policy?.thresholds.count ?? 0)",
                remedy: "fit them with `erde calibrate`, or give --theta")
        }
        return policy
    }
}
