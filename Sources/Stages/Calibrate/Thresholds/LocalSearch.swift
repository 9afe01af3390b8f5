/// Improves cuts within a budget until no single cut, nor any pair of which one is moved by a halving step, does better.
struct LocalSearch {
    private var sweep: CoordinateSweep

    init(_ problem: FittingProblem) { sweep = CoordinateSweep(problem) }

    /// - Parameters:
    ///   - start: a solution within the limit.
    ///   - limit: MACs of all images together.
    mutating func improved(_ start: CutSolution, limit: Double) -> CutSolution {
        let gates = 0..<sweep.problem.exitCount - 1
        var best = start
        // Each round must gain an answer or save MACs, so the cap is only a guard on time.
        for _ in 0..<40 {
            var isImproved = false
            for exit in gates where optimize(exit, of: best.cuts, limit, &best) { isImproved = true }
            for moved in gates {
                var step = max(1, sweep.problem.lastCut(moved) / 4)
                while step > 0 {
                    for offset in [-step, step] {
                        var cuts = best.cuts
                        cuts[moved] = min(max(0, cuts[moved] + offset), sweep.problem.lastCut(moved))
                        for exit in gates where exit != moved && optimize(exit, of: cuts, limit, &best) {
                            isImproved = true
                        }
                    }
                    step /= 2
                }
            }
            if !isImproved { break }
        }
        return best
    }

    /// Replaces `best` when some cut of `exit`, the others as in `cuts`, is better within the limit.
    private mutating func optimize(_ exit: Int, of cuts: [Int], _ limit: Double, _ best: inout CutSolution) -> Bool {
        sweep.run(exit: exit, cuts: cuts)
        var isImproved = false
        for (cut, outcome) in sweep.outcomes.enumerated()
        where outcome.macs <= limit && outcome.isBetter(than: best.outcome) {
            best.outcome = outcome
            best.cuts = cuts
            best.cuts[exit] = cut
            isImproved = true
        }
        return isImproved
    }
}
