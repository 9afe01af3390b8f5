/// Tries every cut of the last gate for given cuts of the gates before it, in one pass over plain arrays.
///
/// All arrays are in the order of the last gate's scores.
struct LastGateSweep {
    private let problem: FittingProblem
    private let gate: Int
    /// The images' ranks at the gates before the last, gate after gate.
    private let outerRanks: [Int32]
    /// What the answers of all exits are worth, exit after exit.
    private let correct: [Int32]
    /// The cut after each image; 0 where the next image has the same score.
    private let cutAfter: [Int32]

    init(_ problem: FittingProblem) {
        self.problem = problem
        gate = problem.exitCount - 2
        let order = problem.order[gate].map(Int.init)
        let ranks = problem.ranks[gate]
        outerRanks = problem.ranks.dropLast().flatMap { ranks in order.map { ranks[$0] } }
        correct = problem.correct.flatMap { correct in order.map { correct[$0] } }
        cutAfter = order.indices.map { place in
            let isLast = place + 1 == order.count || ranks[order[place + 1]] != ranks[order[place]]
            return isLast ? ranks[order[place]] + 1 : 0
        }
    }

    /// `best[j]` takes the best of what fits `limits[j]` and not `limits[j - 1]`.
    func run(outer: [Int], limits: [Double], best: inout [CutSolution]) {
        let images = problem.imageCount
        let saved = problem.costs[gate + 1] - problem.costs[gate]
        let wanted = outer.map(Int32.init)
        var counts = [Int](repeating: 0, count: outer.count)
        var right = 0
        var staying = images
        // Which images the outer gates let through: all bits, or none.
        var isThere = [Int32](repeating: -1, count: images)
        correct.withUnsafeBufferPointer { correct in
            outerRanks.withUnsafeBufferPointer { outerRanks in
                isThere.withUnsafeMutableBufferPointer { isThere in
                    for exit in wanted.indices {
                        let cut = wanted[exit]
                        let ranks = outerRanks[(exit * images)..<((exit + 1) * images)]
                        let answers = correct[(exit * images)..<((exit + 1) * images)]
                        var leaving: Int32 = 0
                        var leavingRight: Int32 = 0
                        for place in 0..<images {
                            let leaves = isThere[place] & (ranks[exit * images + place] < cut ? -1 : 0)
                            leaving &-= leaves
                            leavingRight &+= leaves & answers[exit * images + place]
                            isThere[place] ^= leaves
                        }
                        counts[exit] = Int(leaving)
                        right += Int(leavingRight)
                        staying -= Int(leaving)
                    }
                    let last = (gate + 1) * images
                    for place in 0..<images { right += Int(isThere[place] & correct[last + place]) }
                }
            }
        }
        var outerMACs = Double(staying) * problem.costs[gate + 1]
        for exit in counts.indices { outerMACs += Double(counts[exit]) * problem.costs[exit] }

        var place = limits.count
        var leaving = 0
        var noted = -1
        func note(_ cut: Int) {
            let outcome = Outcome(correct: right, macs: outerMACs - Double(leaving) * saved)
            while place > 0 && outcome.macs <= limits[place - 1] { place -= 1 }
            guard place < limits.count, outcome.isBetter(than: best[place].outcome) else { return }
            best[place] = CutSolution(cuts: outer + [cut], outcome: outcome)
        }
        note(0)
        noted = 0
        correct.withUnsafeBufferPointer { correct in
            cutAfter.withUnsafeBufferPointer { cutAfter in
                isThere.withUnsafeBufferPointer { isThere in
                    for index in 0..<images {
                        let mask = isThere[index]
                        leaving &-= Int(mask)
                        right &+= Int(mask & correct[gate * images + index])
                        right &-= Int(mask & correct[(gate + 1) * images + index])
                        // A cut that sends nobody more on their way gives nothing new.
                        if cutAfter[index] != 0 && leaving != noted {
                            noted = leaving
                            note(Int(cutAfter[index]))
                        }
                    }
                }
            }
        }
    }
}
