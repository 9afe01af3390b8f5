package import Artifacts
import Glibc

/// Exit shares proportional to `r^k`, the largest `r` that the budget allows: MSDNet's rule (Huang et al., 2018).
package struct GeometricSharesSolver: ThresholdSolver {
    package init() {}

    package var method: ThresholdMethod { .geometric }

    /// Bisects on `ln r`; at each exit the surest of those still there fill its share.
    package func solve(_ problem: FittingProblem, budgets: [Double]) -> [CutSolution] {
        budgets.map { budget in
            let limit = problem.limit(budget: budget)
            let fullDepth = problem.solution(problem.fullDepth)
            if fullDepth.outcome.macs <= limit { return fullDepth }
            var best = problem.solution(problem.firstExit)
            var low = -30.0
            var high = 30.0
            for _ in 0..<50 {
                let middle = (low + high) / 2
                let solution = problem.solution(cuts(problem, ratio: exp(middle)))
                if solution.outcome.macs <= limit {
                    low = middle
                    if solution.outcome.isBetter(than: best.outcome) { best = solution }
                } else {
                    high = middle
                }
            }
            return best
        }
    }

    private func cuts(_ problem: FittingProblem, ratio: Double) -> [Int] {
        let weights = (0..<problem.exitCount).map { pow(ratio, Double($0)) }
        let total = weights.reduce(0, +)
        var isThere = [Bool](repeating: true, count: problem.imageCount)
        return (0..<problem.exitCount - 1).map { exit in
            let share = Int((weights[exit] / total * Double(problem.imageCount)).rounded())
            let ranks = problem.ranks[exit]
            var cut = 0
            var leaving = 0
            var counted = 0
            // Equal scores leave together, so the cut moves on only after the last of them fits.
            for (place, image) in problem.order[exit].enumerated() {
                if isThere[Int(image)] { counted += 1 }
                if counted > share { break }
                let isLastOfRank =
                    place + 1 == problem.imageCount || ranks[Int(problem.order[exit][place + 1])] != ranks[Int(image)]
                if isLastOfRank && counted > leaving {
                    leaving = counted
                    cut = Int(ranks[Int(image)]) + 1
                }
            }
            for image in 0..<problem.imageCount where ranks[image] < cut { isThere[image] = false }
            return cut
        }
    }
}
