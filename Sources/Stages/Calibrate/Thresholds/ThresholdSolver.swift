package import Artifacts

/// A way of finding thresholds for mean-MAC budgets.
package protocol ThresholdSolver: Sendable {
    var method: ThresholdMethod { get }

    /// One choice of cuts per budget, never above it.
    ///
    /// - Parameter budgets: mean MACs an image may cost, none below the first exit's.
    func solve(_ problem: FittingProblem, budgets: [Double]) -> [CutSolution]
}
