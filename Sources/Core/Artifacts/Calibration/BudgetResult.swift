/// What a mean-MAC budget buys: thresholds fitted on the calibration split, results measured on the test split.
package struct BudgetResult: Hashable, Sendable, Codable {
    /// The mean MACs an image may cost.
    package var budgetMACs: Double
    /// An image leaves at the first exit whose score is below its threshold; one for every exit but the last.
    package var thresholds: [Double]
    /// How the thresholds were found.
    package var method: ThresholdMethod
    /// On the calibration split, 0…1.
    package var calibrationAccuracy: Double
    package var calibrationMeanMACs: Double
    /// On the test split, 0…1, with the 95 % bootstrap interval.
    package var testAccuracy: Interval
    package var testMeanMACs: Interval
    /// Share of the test images that leave at each exit, 0…1.
    package var exitShares: [Double]
    /// Accuracy among the test images that leave at each exit, 0…1; nil where nobody leaves.
    package var accuracyPerExit: [Double?]
    /// MACs that half of the test images do not exceed.
    package var medianMACs: Double
    /// MACs that 99 % of the test images do not exceed.
    package var percentile99MACs: Double
    /// The share of test images that any gate could get right within the budget: each leaves at its cheapest correct exit.
    package var oracleAccuracy: Double
    /// What one threshold shared by all exits gives on the test split, the baseline.
    package var sharedThreshold: BaselineResult?

    package init(
        budgetMACs: Double, thresholds: [Double], method: ThresholdMethod, calibrationAccuracy: Double,
        calibrationMeanMACs: Double, testAccuracy: Interval, testMeanMACs: Interval, exitShares: [Double],
        accuracyPerExit: [Double?], medianMACs: Double, percentile99MACs: Double, oracleAccuracy: Double,
        sharedThreshold: BaselineResult? = nil
    ) {
        self.budgetMACs = budgetMACs
        self.thresholds = thresholds
        self.method = method
        self.calibrationAccuracy = calibrationAccuracy
        self.calibrationMeanMACs = calibrationMeanMACs
        self.testAccuracy = testAccuracy
        self.testMeanMACs = testMeanMACs
        self.exitShares = exitShares
        self.accuracyPerExit = accuracyPerExit
        self.medianMACs = medianMACs
        self.percentile99MACs = percentile99MACs
        self.oracleAccuracy = oracleAccuracy
        self.sharedThreshold = sharedThreshold
    }
}
