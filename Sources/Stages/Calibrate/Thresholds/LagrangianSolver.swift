package import Artifacts
import Glibc
import Tensors

/// Thresholds for any number of exits: with a price of `lambda` correct answers per MAC, coordinate ascent on
/// `sum of c_k − lambda · C_k` by sorted prefix sums, exact in each coordinate; bisection on `lambda` for the budget; then
/// a local search within it.
package struct LagrangianSolver: ThresholdSolver {
    /// Random starting points beside the fixed ones.
    package var randomStarts = 3
    package var seed: UInt64 = 1

    package init() {}

    package var method: ThresholdMethod { .lagrangian }

    package func solve(_ problem: FittingProblem, budgets: [Double]) -> [CutSolution] {
        if problem.exitCount == 1 { return budgets.map { _ in problem.solution([]) } }
        let shared = SharedThresholdSolver().solve(problem, budgets: budgets)
        let geometric = GeometricSharesSolver().solve(problem, budgets: budgets)
        var generator = RandomGenerator(seed: seed)
        let random = (0..<randomStarts).map { _ in
            (0..<problem.exitCount - 1).map { generator.below(problem.lastCut($0) + 1) }
        }
        let gaps = zip(problem.costs.dropFirst(), problem.costs).map { $0 - $1 }
        var ascent = CoordinateSweep(problem)
        var search = LocalSearch(problem)
        return budgets.indices.map { index in
            let limit = problem.limit(budget: budgets[index])
            let starts = [shared[index].cuts, geometric[index].cuts, problem.fullDepth] + random
            var found = [shared[index], geometric[index], problem.solution(problem.firstExit)]
            // At the larger price not even a certain gain is worth the cheapest step deeper.
            var low = log(1e-4 * Double(problem.unit) / (gaps.max() ?? 1) / Double(problem.imageCount))
            var high = log(Double(problem.unit) / (gaps.min() ?? 1))
            for _ in 0..<16 {
                let price = exp((low + high) / 2)
                let optimum = starts.map { optimized($0, price: price, &ascent) }
                    .max { value($0.outcome, price) < value($1.outcome, price) }
                guard let optimum else { break }
                if optimum.outcome.macs <= limit {
                    found.append(optimum)
                    high = (low + high) / 2
                } else {
                    low = (low + high) / 2
                }
            }
            found.sort { $0.outcome.isBetter(than: $1.outcome) }
            var best = found[0]
            for start in found.prefix(3) {
                let improved = search.improved(start, limit: limit)
                if improved.outcome.isBetter(than: best.outcome) { best = improved }
            }
            return best
        }
    }

    private func value(_ outcome: Outcome, _ price: Double) -> Double { Double(outcome.correct) - price * outcome.macs }

    private func optimized(_ start: [Int], price: Double, _ sweep: inout CoordinateSweep) -> CutSolution {
        var cuts = start
        var outcome = Outcome(correct: 0, macs: 0)
        for _ in 0..<20 {
            let before = cuts
            for exit in cuts.indices {
                sweep.run(exit: exit, cuts: cuts)
                var best = -Double.infinity
                for (cut, candidate) in sweep.outcomes.enumerated() where value(candidate, price) > best {
                    best = value(candidate, price)
                    cuts[exit] = cut
                    outcome = candidate
                }
            }
            if cuts == before { break }
        }
        return CutSolution(cuts: cuts, outcome: outcome)
    }
}
