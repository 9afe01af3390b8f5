/// Confidence against accuracy in equal-width bins `(low, high]` of the largest softmax probability.
package struct ReliabilityDiagram: Hashable, Sendable, Codable {
    package struct Bin: Hashable, Sendable, Codable {
        package var low: Double
        package var high: Double
        /// Images whose confidence lies in the bin.
        package var count: Int
        /// Mean over those images, 0…1; 0 in an empty bin.
        package var confidence: Double
        /// Mean over those images, 0…1; 0 in an empty bin.
        package var accuracy: Double

        package init(low: Double, high: Double, count: Int, confidence: Double, accuracy: Double) {
            self.low = low
            self.high = high
            self.count = count
            self.confidence = confidence
            self.accuracy = accuracy
        }
    }

    package var bins: [Bin]
    /// `sum over bins of count / N · |confidence − accuracy|`, 0…1.
    package var expectedCalibrationError: Double

    package init(bins: [Bin], expectedCalibrationError: Double) {
        self.bins = bins
        self.expectedCalibrationError = expectedCalibrationError
    }
}
