package import Artifacts
package import Diagnostics

/// Every combination of cuts for up to 4 exits; where these are too many, of quantile cuts, refined by local search.
///
/// The last gate is swept by prefix counts, so all its cuts are tried for each combination of the gates before it.
package struct ExhaustiveSolver: ThresholdSolver {
    /// Images looked at in all sweeps together; beyond it the outer gates get quantile cuts.
    package static let workLimit = 40_000_000

    package init() {}

    package var method: ThresholdMethod { .exhaustive }

    /// Whether the number of exits is small enough.
    package static func supports(_ problem: FittingProblem) -> Bool { problem.exitCount <= 4 }

    /// Whether all combinations are tried, so that no thresholds are better.
    package static func isExact(_ problem: FittingProblem) -> Bool {
        guard supports(problem) else { return false }
        let outer = (0..<max(0, problem.exitCount - 2)).reduce(Double(problem.imageCount)) {
            $0 * Double(problem.lastCut($1) + 1)
        }
        return outer <= Double(workLimit)
    }

    package func solve(
        _ problem: FittingProblem, budgets: [Double], run: FittingRun
    ) throws(ErdeError) -> [CutSolution] {
        let ascending = budgets.indices.sorted { budgets[$0] < budgets[$1] }
        var frontier = Frontier(
            limits: ascending.map { problem.limit(budget: budgets[$0]) }, start: problem.solution(problem.firstExit))
        if problem.exitCount > 1 {
            var sweep = GateSweep(problem, gate: problem.exitCount - 2)
            for outer in combinations(outerCuts(problem)) { frontier.offer(outer + [0], &sweep) }
        }
        if !ExhaustiveSolver.isExact(problem) {
            var search = CutSearch(problem, frontier, run)
            try search.improveAll()
            frontier = search.frontier
        }
        var solutions = frontier.best
        for (place, index) in ascending.enumerated() { solutions[index] = frontier.best[place] }
        return solutions
    }

    /// The cuts to try at each gate but the last: all, or as many quantiles as the work limit allows.
    private func outerCuts(_ problem: FittingProblem) -> [[Int]] {
        let gates = max(0, problem.exitCount - 2)
        if ExhaustiveSolver.isExact(problem) { return (0..<gates).map { Array(0...problem.lastCut($0)) } }
        let combinations = max(16, ExhaustiveSolver.workLimit / max(1, problem.imageCount))
        let perGate = gates == 1 ? combinations : Int(Double(combinations).squareRoot())
        return (0..<gates).map { gate in
            let last = problem.lastCut(gate)
            let pieces = max(1, min(last, perGate - 1))
            return (0...pieces).map { $0 * last / pieces }
        }
    }

    private func combinations(_ choices: [[Int]]) -> [[Int]] {
        choices.reduce([[]]) { found, next in found.flatMap { start in next.map { start + [$0] } } }
    }
}
