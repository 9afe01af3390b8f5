/// Tries every cut of one gate while the others keep theirs, in passes over plain arrays in the order of this gate's scores.
struct GateSweep {
    let gate: Int
    private let problem: FittingProblem
    /// The images' ranks by gate; at the last exit, which has none, everybody has the least.
    private let ranks: [[Int32]]
    /// What the answers are worth, by exit.
    private let worth: [[Int32]]
    /// The cut after each image; 0 where the next image has the same score.
    private let cutAfter: [Int32]
    /// Where an image leaves that does not leave here, counted from 1; 0 while that is open.
    private var otherExit: [Int32]
    /// What it brings that an image leaves here; nothing where it never gets here.
    private var gain: [Int32]

    init(_ problem: FittingProblem, gate: Int) {
        self.problem = problem
        self.gate = gate
        let order = problem.order[gate].map(Int.init)
        let own = problem.ranks[gate]
        ranks = problem.ranks.map { ranks in order.map { ranks[$0] } } + [order.map { _ in 0 }]
        worth = problem.correct.map { worth in order.map { worth[$0] } }
        cutAfter = order.indices.map { place in
            let isLast = place + 1 == order.count || own[order[place + 1]] != own[order[place]]
            return isLast ? own[order[place]] + 1 : 0
        }
        otherExit = order.map { _ in 0 }
        gain = otherExit
    }

    /// - Parameters:
    ///   - cuts: of all gates; this one's does not matter.
    ///   - visit: gets every cut that lets other images leave than the one before, by falling MACs, with what it gives.
    @inline(__always)
    mutating func run(_ cuts: [Int], _ visit: (_ cut: Int, _ outcome: Outcome) -> Void) {
        let images = problem.imageCount
        var outcome = Outcome(correct: 0, macs: 0)
        // By `otherExit`.
        var saved = [Double](repeating: 0, count: problem.exitCount + 1)
        for place in 0..<images { otherExit[place] = 0 }
        for place in 0..<images { gain[place] = 0 }
        for exit in ranks.indices where exit != gate {
            let (count, answers) = leave(
                ranks[exit], worth[exit], &otherExit, &gain, images, exit: Int32(exit + 1),
                cut: exit < cuts.count ? Int32(cuts[exit]) : 1, isLater: exit > gate ? -1 : 0)
            outcome.correct += answers
            outcome.macs += Double(count) * problem.costs[exit]
            if exit > gate { saved[exit + 1] = problem.costs[exit] - problem.costs[gate] }
        }
        addOwnWorth(worth[gate], otherExit, &gain, images, gate: Int32(gate))
        visit(0, outcome)
        visitCuts(cutAfter, otherExit, gain, saved, images, gate: Int32(gate), from: outcome, visit)
    }
}

// Pointers, and masks of all bits or none, make vector instructions of these loops.

/// Lets images leave at another exit, and says how many they are and what their answers are worth together.
private func leave(
    _ ranks: UnsafePointer<Int32>, _ worth: UnsafePointer<Int32>, _ otherExit: UnsafeMutablePointer<Int32>,
    _ gain: UnsafeMutablePointer<Int32>, _ images: Int, exit: Int32, cut: Int32, isLater: Int32
) -> (count: Int, answers: Int) {
    var count: Int32 = 0
    var answers: Int32 = 0
    for place in 0..<images {
        let leaves: Int32 = (otherExit[place] == 0 ? -1 : 0) & (ranks[place] < cut ? -1 : 0)
        let answer = leaves & worth[place]
        count &-= leaves
        answers &+= answer
        otherExit[place] |= leaves & exit
        gain[place] &-= answer & isLater
    }
    return (Int(count), Int(answers))
}

private func addOwnWorth(
    _ worth: UnsafePointer<Int32>, _ otherExit: UnsafePointer<Int32>, _ gain: UnsafeMutablePointer<Int32>, _ images: Int,
    gate: Int32
) {
    for place in 0..<images { gain[place] &+= worth[place] & (otherExit[place] > gate ? -1 : 0) }
}

@inline(__always)
private func visitCuts(
    _ cutAfter: UnsafePointer<Int32>, _ otherExit: UnsafePointer<Int32>, _ gain: UnsafePointer<Int32>,
    _ saved: UnsafePointer<Double>, _ images: Int, gate: Int32, from start: Outcome,
    _ visit: (_ cut: Int, _ outcome: Outcome) -> Void
) {
    var outcome = start
    var isNew = false
    for place in 0..<images {
        outcome.correct &+= Int(gain[place])
        outcome.macs -= saved[Int(otherExit[place])]
        isNew = isNew || otherExit[place] > gate
        if isNew && cutAfter[place] != 0 {
            isNew = false
            visit(Int(cutAfter[place]), outcome)
        }
    }
}
