package import Artifacts
package import Diagnostics
import Tensors

/// Thresholds for any number of exits: where a MAC costs `price` correct answers, coordinate ascent on
/// `sum of c_k − price · C_k` by sorted prefix sums, exact in each coordinate; at all prices that the budgets need; then a local
/// search within each budget.
package struct LagrangianSolver: ThresholdSolver {
    /// Random starting points beside the fixed ones.
    package var randomStarts = 3
    package var seed: UInt64 = 1

    package init() {}

    package var method: ThresholdMethod { .lagrangian }

    package func solve(
        _ problem: FittingProblem, budgets: [Double], run: FittingRun
    ) throws(ErdeError) -> [CutSolution] {
        if problem.exitCount == 1 { return budgets.map { _ in problem.solution([]) } }
        let ascending = budgets.indices.sorted { budgets[$0] < budgets[$1] }
        let cheapest = problem.solution(problem.firstExit)
        let frontier = Frontier(limits: ascending.map { problem.limit(budget: budgets[$0]) }, start: cheapest)
        var search = CutSearch(problem, frontier, run)
        try followPrices(problem, from: cheapest, &search, run)
        try search.improveAll()
        var solutions = search.frontier.best
        for (place, index) in ascending.enumerated() { solutions[index] = search.frontier.best[place] }
        return solutions
    }

    /// Finds what is worth most at one price after the other, so that each limit comes to lie between two neighbours.
    private func followPrices(
        _ problem: FittingProblem, from cheapest: CutSolution, _ search: inout CutSearch, _ run: FittingRun
    ) throws(ErdeError) {
        var generator = RandomGenerator(seed: seed)
        let random = (0..<randomStarts).map { _ in
            (0..<problem.exitCount - 1).map { generator.below(problem.lastCut($0) + 1) }
        }
        let starts = [problem.fullDepth] + random
        // At so low a price the least gain is worth the dearest step deeper.
        let gaps = zip(problem.costs.dropFirst(), problem.costs).map { $0 - $1 }
        let least = 1e-4 * Double(problem.unit) / (gaps.max() ?? 1) / Double(problem.imageCount)
        var dearest = cheapest
        var next = try search.best(from: starts, price: least)
        while let found = next, found.outcome.value(price: least) > dearest.outcome.value(price: least) {
            dearest = found
            next = try search.best(around: dearest.cuts, price: least)
        }
        let limits = search.frontier.limits
        var pairs = [(cheap: cheapest, dear: dearest)]
        while let (cheap, dear) = pairs.popLast() {
            run.report(0.5 * Double(limits.count { $0 >= dear.outcome.macs }) / Double(limits.count))
            let isNeeded = limits.contains { cheap.outcome.macs <= $0 && $0 < dear.outcome.macs }
            guard isNeeded, cheap.outcome.correct < dear.outcome.correct else { continue }
            // Both are worth the same at this price, and what is worth more lies between them.
            let price = Double(dear.outcome.correct - cheap.outcome.correct) / (dear.outcome.macs - cheap.outcome.macs)
            let enough = cheap.outcome.value(price: price) + 0.01 * Double(problem.unit)
            func isBetween(_ found: CutSolution) -> Bool {
                found.outcome.value(price: price) > enough && found.outcome.macs > cheap.outcome.macs
                    && found.outcome.macs < dear.outcome.macs
            }
            var found = try search.best(from: [cheap.cuts, dear.cuts] + starts, price: price)
            if !(found.map(isBetween) ?? false) { found = try search.best(around: cheap.cuts, price: price) }
            if let found, isBetween(found) { pairs += [(cheap, found), (found, dear)] }
        }
    }
}
