/// How well one exit knows what it knows, over the whole test split.
package struct ExitCalibration: Hashable, Sendable, Codable {
    /// Counted from 1.
    package var exit: Int
    /// On the whole calibration split, 0…1.
    package var calibrationAccuracy: Double
    /// On the whole test split, 0…1.
    package var testAccuracy: Double
    /// Divides the logits so that the calibration split's negative log-likelihood is least.
    package var temperature: Double
    /// On the test split, logits as they are.
    package var reliability: ReliabilityDiagram
    /// On the test split, logits divided by `temperature`.
    package var scaledReliability: ReliabilityDiagram
    /// Chance that a random right answer has a surer score than a random wrong one, on the test split, 0…1; nil when all
    /// answers are right or all wrong.
    package var scoreAUROC: Double?

    package init(
        exit: Int, calibrationAccuracy: Double, testAccuracy: Double, temperature: Double, reliability: ReliabilityDiagram,
        scaledReliability: ReliabilityDiagram, scoreAUROC: Double?
    ) {
        self.exit = exit
        self.calibrationAccuracy = calibrationAccuracy
        self.testAccuracy = testAccuracy
        self.temperature = temperature
        self.reliability = reliability
        self.scaledReliability = scaledReliability
        self.scoreAUROC = scoreAUROC
    }
}
