/// The best cuts known for each of several limits. What is found for one of them serves all.
struct Frontier {
    /// MACs of all images together, ascending.
    let limits: [Double]
    private(set) var best: [CutSolution]

    /// - Parameter start: within every limit.
    init(limits: [Double], start: CutSolution) {
        self.limits = limits
        best = limits.map { _ in start }
    }

    /// Offers what every cut of a gate gives while the others keep theirs.
    ///
    /// - Parameters:
    ///   - price: of a MAC.
    ///   - limit: MACs of all images together.
    /// - Returns: what is worth most at this price and within this limit, the cheapest of equals; nil where nothing is within it.
    @discardableResult
    mutating func offer(
        _ cuts: [Int], _ sweep: inout GateSweep, price: Double = 0, limit: Double = .infinity
    ) -> CutSolution? {
        var chosen: (cut: Int, outcome: Outcome)?
        var most = -Double.infinity
        // Between two limits only the best counts, and only where it is better than what is known.
        var records: [(cut: Int, outcome: Outcome)] = []
        var recordCut: Int?
        var record = Outcome(correct: .max, macs: 0)
        var place = limits.count
        var nextLimit = limits.last ?? -.infinity
        sweep.run(cuts) { cut, outcome in
            if outcome.macs <= nextLimit {
                if let recordCut { records.append((recordCut, record)) }
                repeat { place -= 1 } while place > 0 && outcome.macs <= limits[place - 1]
                nextLimit = place > 0 ? limits[place - 1] : -.infinity
                record = best[place].outcome
                recordCut = nil
            }
            if outcome.isBetter(than: record) {
                record = outcome
                recordCut = cut
            }
            let value = outcome.value(price: price)
            if value >= most && outcome.macs <= limit {
                most = value
                chosen = (cut, outcome)
            }
        }
        if let recordCut { records.append((recordCut, record)) }
        func solution(_ cut: Int, _ outcome: Outcome) -> CutSolution {
            var cuts = cuts
            cuts[sweep.gate] = cut
            return CutSolution(cuts: cuts, outcome: outcome)
        }
        for (cut, outcome) in records { offer(solution(cut, outcome)) }
        return chosen.map(solution)
    }

    private mutating func offer(_ solution: CutSolution) {
        for place in limits.indices.reversed() {
            guard solution.outcome.macs <= limits[place] else { break }
            if solution.outcome.isBetter(than: best[place].outcome) { best[place] = solution }
        }
    }
}
