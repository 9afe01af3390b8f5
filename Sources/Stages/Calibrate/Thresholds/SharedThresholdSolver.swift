package import Artifacts

/// One threshold for all exits, the smallest that the budget allows: ERDE's rule and the baseline of every other.
package struct SharedThresholdSolver: ThresholdSolver {
    package init() {}

    package var method: ThresholdMethod { .shared }

    /// Bisects over the distinct scores of all exits: a larger threshold never makes an image leave later.
    package func solve(_ problem: FittingProblem, budgets: [Double], run: FittingRun) -> [CutSolution] {
        let scores = Set(problem.values.joined()).sorted()
        return budgets.map { budget in
            let limit = problem.limit(budget: budget)
            var infeasible = -1
            var feasible = scores.count
            while feasible - infeasible > 1 {
                let middle = (feasible + infeasible) / 2
                if problem.outcome(of: cuts(problem, scores, middle)).macs <= limit {
                    feasible = middle
                } else {
                    infeasible = middle
                }
            }
            return problem.solution(cuts(problem, scores, feasible))
        }
    }

    /// The cuts that the threshold between `scores[count - 1]` and `scores[count]` makes at each exit.
    private func cuts(_ problem: FittingProblem, _ scores: [Double], _ count: Int) -> [Int] {
        problem.values.map { values in
            if count == 0 { return 0 }
            return values.partitionPoint { $0 <= scores[count - 1] }
        }
    }

    /// The one threshold behind a solution's cuts: halfway within the gap that all of them share.
    package func threshold(_ problem: FittingProblem, _ solution: CutSolution) -> Double {
        var low = 0.0
        var high = Double.infinity
        for (exit, cut) in solution.cuts.enumerated() {
            let values = problem.values[exit]
            if cut > 0 { low = max(low, values[cut - 1]) }
            if cut < values.count { high = min(high, values[cut]) }
        }
        if solution.cuts.allSatisfy({ $0 == 0 }) { return 0 }
        if high == .infinity { return problem.threshold(exit: 0, cut: problem.lastCut(0)) }
        let middle = low + (high - low) / 2
        return middle > low ? middle : high
    }
}

extension Array {
    /// The number of leading elements that satisfy a condition which holds for a prefix only.
    func partitionPoint(_ belongsBefore: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if belongsBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
