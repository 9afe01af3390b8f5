/// Thresholds fitted for one budget, and what they gave where they were fitted.
package struct OperatingPoint: Hashable, Sendable, Codable {
    /// The mean MACs an image may cost.
    package var budgetMACs: Double
    package var policy: ExitPolicy
    /// On the calibration split, 0…1.
    package var calibrationAccuracy: Double
    /// On the calibration split.
    package var calibrationMeanMACs: Double

    package init(budgetMACs: Double, policy: ExitPolicy, calibrationAccuracy: Double, calibrationMeanMACs: Double) {
        self.budgetMACs = budgetMACs
        self.policy = policy
        self.calibrationAccuracy = calibrationAccuracy
        self.calibrationMeanMACs = calibrationMeanMACs
    }
}
