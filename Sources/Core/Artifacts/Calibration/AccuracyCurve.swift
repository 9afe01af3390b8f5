/// Accuracy over mean MACs under one rule, thresholds fitted on the calibration split and measured on the test split.
package struct AccuracyCurve: Hashable, Sendable, Codable {
    package enum Rule: String, Hashable, Sendable, Codable, CaseIterable {
        /// A threshold for every exit: erde's.
        case perExitThresholds
        /// One threshold shared by all exits: the baseline.
        case sharedThreshold
        /// Each image leaves at its cheapest correct exit: what no gate can beat.
        case oracle
    }

    package struct Point: Hashable, Sendable, Codable {
        package var budgetMACs: Double
        package var testMeanMACs: Double
        /// 0…1.
        package var testAccuracy: Double

        package init(budgetMACs: Double, testMeanMACs: Double, testAccuracy: Double) {
            self.budgetMACs = budgetMACs
            self.testMeanMACs = testMeanMACs
            self.testAccuracy = testAccuracy
        }
    }

    package var rule: Rule
    /// By ascending budget.
    package var points: [Point]

    package init(rule: Rule, points: [Point]) {
        self.rule = rule
        self.points = points
    }
}
