package import Artifacts
package import Diagnostics

/// A way of finding thresholds for mean-MAC budgets.
package protocol ThresholdSolver: Sendable {
    var method: ThresholdMethod { get }

    /// One choice of cuts per budget, never above it.
    ///
    /// - Parameter budgets: mean MACs an image may cost, none below the first exit's.
    /// - Throws: `ErdeError` of kind `interrupted` when asked to stop.
    func solve(_ problem: FittingProblem, budgets: [Double], run: FittingRun) throws(ErdeError) -> [CutSolution]
}

extension ThresholdSolver {
    /// Likewise with nobody watching.
    package func solve(_ problem: FittingProblem, budgets: [Double]) throws(ErdeError) -> [CutSolution] {
        try solve(problem, budgets: budgets, run: FittingRun())
    }
}
