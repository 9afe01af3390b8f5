package import Artifacts
import Glibc

/// Exit shares proportional to `r^k`, the largest `r` that the budget allows: MSDNet's rule (Huang et al., 2018).
package struct GeometricSharesSolver: ThresholdSolver {
    package init() {}

    package var method: ThresholdMethod { .geometric }

    /// Bisects on `ln r`; at each exit the surest of those still there fill its share.
    package func solve(_ problem: FittingProblem, budgets: [Double], run: FittingRun) -> [CutSolution] {
        let fullDepth = problem.solution(problem.fullDepth)
        return budgets.map { budget in
            let limit = problem.limit(budget: budget)
            if fullDepth.outcome.macs <= limit { return fullDepth }
            var best = problem.firstExit
            var low = -30.0
            var high = 30.0
            // Any nearer to each other, they give no image another exit.
            while high - low > 1 / Double(problem.imageCount * problem.exitCount) {
                let middle = (low + high) / 2
                let (cuts, macs) = cuts(problem, ratio: exp(middle))
                if macs <= limit {
                    low = middle
                    best = cuts
                } else {
                    high = middle
                }
            }
            return problem.solution(best)
        }
    }

    /// The cuts, and the MACs of all images together under them.
    private func cuts(_ problem: FittingProblem, ratio: Double) -> (cuts: [Int], macs: Double) {
        let weights = (0..<problem.exitCount).map { pow(ratio, Double($0)) }
        let total = weights.reduce(0, +)
        var isThere = [Bool](repeating: true, count: problem.imageCount)
        var staying = problem.imageCount
        var macs = 0.0
        let cuts = (0..<problem.exitCount - 1).map { exit in
            let share = Int((weights[exit] / total * Double(problem.imageCount)).rounded())
            let order = problem.order[exit]
            let ranks = problem.ranks[exit]
            var cut = 0
            var leaving = 0
            var counted = 0
            // Equal scores leave together, so the cut moves on only after the last of them fits.
            for place in order.indices {
                let image = Int(order[place])
                if isThere[image] { counted += 1 }
                if counted > share { break }
                let isLastOfRank = place + 1 == order.count || ranks[Int(order[place + 1])] != ranks[image]
                if isLastOfRank && counted > leaving {
                    leaving = counted
                    cut = Int(ranks[image]) + 1
                }
            }
            for place in order.indices {
                let image = Int(order[place])
                if ranks[image] >= cut { break }
                isThere[image] = false
            }
            staying -= leaving
            macs += Double(leaving) * problem.costs[exit]
            return cut
        }
        return (cuts, macs + Double(staying) * problem.costs[problem.exitCount - 1])
    }
}
