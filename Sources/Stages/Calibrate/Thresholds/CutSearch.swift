import Diagnostics

/// Looks for better cuts by moving one gate at a time. Whatever it comes across is offered to all limits.
struct CutSearch {
    private let problem: FittingProblem
    private let run: FittingRun
    private(set) var frontier: Frontier
    /// By gate.
    private var sweeps: [GateSweep]
    /// Cuts with nothing better around them.
    private var searched: Set<[Int]> = []

    init(_ problem: FittingProblem, _ frontier: Frontier, _ run: FittingRun) {
        self.problem = problem
        self.frontier = frontier
        self.run = run
        sweeps = (0..<problem.exitCount - 1).map { GateSweep(problem, gate: $0) }
    }

    /// What is worth most at a price of a MAC, as far as coordinate ascent finds it from one of these cuts.
    mutating func best(from starts: [[Int]], price: Double) throws(ErdeError) -> CutSolution? {
        var best: CutSolution?
        for start in starts {
            try ascend(from: start, first: 0, price: price, &best)
        }
        return best
    }

    /// Likewise from these cuts with one of them moved, near or far.
    mutating func best(around cuts: [Int], price: Double) throws(ErdeError) -> CutSolution? {
        var best: CutSolution?
        for moved in sweeps.indices {
            for step in steps(of: moved, downTo: 1 + problem.lastCut(moved) / 256) {
                try ascend(from: moving(moved, by: step, in: cuts), first: moved + 1, price: price, &best)
            }
        }
        return best
    }

    /// Improves what is known for every limit until no single cut, nor any pair of which one is moved by a halving step, does
    /// better.
    mutating func improveAll() throws(ErdeError) {
        let all = frontier.best.count
        while let place = frontier.best.lastIndex(where: { !searched.contains($0.cuts) }) {
            run.report(0.5 + 0.5 * Double(frontier.best.count { searched.contains($0.cuts) }) / Double(all))
            try improve(frontier.best[place], limit: frontier.limits[place])
        }
    }

    private mutating func improve(_ start: CutSolution, limit: Double) throws(ErdeError) {
        var best = start
        while !searched.contains(best.cuts) {
            let before = best
            try tryAll(best.cuts, limit, &best)
            for moved in sweeps.indices {
                for step in steps(of: moved, downTo: 1) {
                    try tryAll(but: moved, moving(moved, by: step, in: best.cuts), limit, &best)
                }
            }
            if best == before { searched.insert(best.cuts) }
        }
    }

    /// Tries all cuts of every gate but one while the others are as in `cuts`.
    private mutating func tryAll(
        but moved: Int? = nil, _ cuts: [Int], _ limit: Double, _ best: inout CutSolution
    ) throws(ErdeError) {
        for gate in sweeps.indices where gate != moved {
            if let found = try sweep(gate, cuts, limit: limit), found.outcome.isBetter(than: best.outcome) { best = found }
        }
    }

    /// Puts one gate after the other where it is worth most, until all stay.
    private mutating func ascend(
        from start: [Int], first: Int, price: Double, _ best: inout CutSolution?
    ) throws(ErdeError) {
        var cuts = start
        var unmoved = 0
        // The cap is only a guard on time.
        for turn in first..<first + 20 * sweeps.count where unmoved < sweeps.count {
            guard let found = try sweep(turn % sweeps.count, cuts, price: price) else { return }
            unmoved = found.cuts == cuts ? unmoved + 1 : 0
            cuts = found.cuts
            if best.map({ $0.outcome.value(price: price) < found.outcome.value(price: price) }) ?? true { best = found }
        }
    }

    private mutating func sweep(
        _ gate: Int, _ cuts: [Int], price: Double = 0, limit: Double = .infinity
    ) throws(ErdeError) -> CutSolution? {
        try run.stopIfAsked()
        return frontier.offer(cuts, &sweeps[gate], price: price, limit: limit)
    }

    /// To both sides, from a quarter of all cuts down by halves.
    private func steps(of gate: Int, downTo least: Int) -> [Int] {
        sequence(first: max(1, problem.lastCut(gate) / 4)) { $0 / 2 }.prefix { $0 >= least }.flatMap { [-$0, $0] }
    }

    private func moving(_ gate: Int, by step: Int, in cuts: [Int]) -> [Int] {
        var cuts = cuts
        cuts[gate] = min(max(0, cuts[gate] + step), problem.lastCut(gate))
        return cuts
    }
}
