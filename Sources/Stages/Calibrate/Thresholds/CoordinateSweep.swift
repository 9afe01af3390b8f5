/// What every cut of one exit gives while the other exits keep theirs, found in one pass over the sorted images.
struct CoordinateSweep {
    let problem: FittingProblem
    /// By cut of the exit swept last.
    private(set) var outcomes: [Outcome] = []
    private var changeInCorrect: [Int32]
    private var changeInMACs: [Double]

    init(_ problem: FittingProblem) {
        self.problem = problem
        changeInCorrect = [Int32](repeating: 0, count: problem.imageCount)
        changeInMACs = [Double](repeating: 0, count: problem.imageCount)
    }

    /// Fills `outcomes` for the cuts of `exit`.
    mutating func run(exit: Int, cuts: [Int]) {
        let last = problem.exitCount - 1
        var outcome = Outcome(correct: 0, macs: 0)
        for image in 0..<problem.imageCount {
            changeInCorrect[image] = 0
            changeInMACs[image] = 0
            var leaving = last
            for other in 0..<last where other != exit && problem.ranks[other][image] < cuts[other] {
                leaving = other
                break
            }
            outcome.correct += Int(problem.correct[leaving][image])
            outcome.macs += problem.costs[leaving]
            if leaving > exit {
                changeInCorrect[image] = problem.correct[exit][image] - problem.correct[leaving][image]
                changeInMACs[image] = problem.costs[exit] - problem.costs[leaving]
            }
        }
        outcomes.removeAll(keepingCapacity: true)
        outcomes.reserveCapacity(problem.lastCut(exit) + 1)
        let ranks = problem.ranks[exit]
        for image in problem.order[exit] {
            if Int(ranks[Int(image)]) == outcomes.count { outcomes.append(outcome) }
            outcome.correct += Int(changeInCorrect[Int(image)])
            outcome.macs += changeInMACs[Int(image)]
        }
        outcomes.append(outcome)
    }
}
