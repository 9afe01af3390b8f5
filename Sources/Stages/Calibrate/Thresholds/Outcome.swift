/// What a choice of thresholds gives on the fitting split, all images together.
package struct Outcome: Hashable, Sendable {
    /// What all answers are worth: their number where each is worth 1 if it is right.
    package var correct: Int
    package var macs: Double

    package init(correct: Int, macs: Double) {
        self.correct = correct
        self.macs = macs
    }

    /// More right answers, or as many for fewer MACs.
    package func isBetter(than other: Outcome) -> Bool {
        correct > other.correct || (correct == other.correct && macs < other.macs)
    }

    /// What is left of the answers' worth where MACs have a price.
    func value(price: Double) -> Double { Double(correct) - price * macs }
}

/// A choice of cuts, one for every exit but the last, with what it gives.
package struct CutSolution: Hashable, Sendable {
    package var cuts: [Int]
    package var outcome: Outcome

    package init(cuts: [Int], outcome: Outcome) {
        self.cuts = cuts
        self.outcome = outcome
    }
}
