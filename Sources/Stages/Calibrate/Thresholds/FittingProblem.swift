/// Scores and right answers of the fitting split, sorted so that thresholds become cuts between neighbouring scores.
///
/// A cut of exit `k` is a number `c` from 0 to the count of distinct scores there: the images with one of the `c` least
/// scores leave. Two images with equal scores can never be told apart.
package struct FittingProblem: Sendable {
    package let exitCount: Int
    package let imageCount: Int
    /// MACs of one image that leaves at each exit.
    package let costs: [Double]
    /// By exit with a gate: the images by ascending score.
    let order: [[Int32]]
    /// By exit with a gate: each image's place among the distinct scores.
    let ranks: [[Int32]]
    /// By exit with a gate: the distinct scores, ascending.
    let values: [[Double]]
    /// By exit and image: what an answer there is worth, of `unit`.
    let correct: [[Int32]]
    /// What a right answer is worth.
    let unit: Int
    private let ceiling: Double

    /// An answer is worth 1 where it is right, else nothing.
    package init(_ scores: ExitScores, _ correctness: Correctness) {
        self.init(scores, worth: correctness.isCorrect.map { $0.map { $0 ? 1 : 0 } }, unit: 1)
    }

    /// An answer is worth the chance, 0…1, that it is right.
    package init(_ scores: ExitScores, expected: [[Double]]) {
        // As fine as sums of 32 bits over all images allow.
        var unit = 1 << 16
        while unit > 1 && unit * scores.imageCount > Int32.max { unit /= 2 }
        self.init(scores, worth: expected.map { $0.map { Int32(($0 * Double(unit)).rounded()) } }, unit: unit)
    }

    private init(_ scores: ExitScores, worth: [[Int32]], unit: Int) {
        precondition(worth.count == scores.exitCount, "\(worth.count) exits are judged")
        precondition(worth[0].count == scores.imageCount, "\(worth[0].count) are judged")
        exitCount = scores.exitCount
        imageCount = scores.imageCount
        costs = scores.cumulativeMACs
        ceiling = scores.ceiling
        correct = worth
        self.unit = unit
        var order: [[Int32]] = []
        var ranks: [[Int32]] = []
        var values: [[Double]] = []
        for exitScores in scores.scores.dropLast() {
            let sorted = exitScores.indices.sorted { exitScores[$0] < exitScores[$1] }
            var rank = [Int32](repeating: 0, count: exitScores.count)
            var distinct: [Double] = []
            for image in sorted {
                if distinct.last != exitScores[image] { distinct.append(exitScores[image]) }
                rank[image] = Int32(distinct.count - 1)
            }
            order.append(sorted.map(Int32.init))
            ranks.append(rank)
            values.append(distinct)
        }
        self.order = order
        self.ranks = ranks
        self.values = values
    }

    /// The largest cut of an exit: everybody who is still there leaves.
    func lastCut(_ exit: Int) -> Int { values[exit].count }

    /// The threshold of a cut: halfway between the scores it parts, 0 when nobody leaves, above every score when all do.
    func threshold(exit: Int, cut: Int) -> Double {
        let scores = values[exit]
        if cut == 0 { return 0 }
        if cut == scores.count { return ceiling }
        let middle = scores[cut - 1] + (scores[cut] - scores[cut - 1]) / 2
        return middle > scores[cut - 1] ? middle : scores[cut]
    }

    /// The most MACs all images together may cost; the tiny allowance is for the rounding of `budget · N`.
    func limit(budget: Double) -> Double { budget * Double(imageCount) * (1 + 1e-12) }

    /// What the answers are worth and the MACs, of all images together.
    func outcome(of cuts: [Int]) -> Outcome {
        var outcome = Outcome(correct: 0, macs: 0)
        for image in 0..<imageCount {
            var exit = 0
            while exit < cuts.count && ranks[exit][image] >= cuts[exit] { exit += 1 }
            outcome.correct += Int(correct[exit][image])
            outcome.macs += costs[exit]
        }
        return outcome
    }

    /// A choice of cuts with what it gives.
    func solution(_ cuts: [Int]) -> CutSolution { CutSolution(cuts: cuts, outcome: outcome(of: cuts)) }

    /// The cuts under which every image goes to the last exit.
    var fullDepth: [Int] { [Int](repeating: 0, count: exitCount - 1) }

    /// The cuts under which every image leaves at the first exit; the cheapest there are.
    var firstExit: [Int] {
        var cuts = fullDepth
        if !cuts.isEmpty { cuts[0] = lastCut(0) }
        return cuts
    }
}
