/// What a simpler threshold rule gives at the same budget.
package struct BaselineResult: Hashable, Sendable, Codable {
    package var thresholds: [Double]
    /// On the test split, 0…1.
    package var testAccuracy: Double
    /// On the test split.
    package var testMeanMACs: Double

    package init(thresholds: [Double], testAccuracy: Double, testMeanMACs: Double) {
        self.thresholds = thresholds
        self.testAccuracy = testAccuracy
        self.testMeanMACs = testMeanMACs
    }
}
