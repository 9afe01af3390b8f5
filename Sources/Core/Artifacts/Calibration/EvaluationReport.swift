/// A model measured on one split of a dataset.
package struct EvaluationReport: Hashable, Sendable, Codable {
    /// One way of leaving, measured.
    package struct Setting: Hashable, Sendable, Codable {
        /// The budget the thresholds belong to; nil when they were given.
        package var budgetMACs: Double?
        package var thresholds: [Double]
        /// 0…1, with the 95 % bootstrap interval.
        package var accuracy: Interval
        package var meanMACs: Interval
        /// Share of the images that leave at each exit, 0…1.
        package var exitShares: [Double]
        /// Accuracy among the images that leave at each exit, 0…1; nil where nobody leaves.
        package var accuracyPerExit: [Double?]
        package var medianMACs: Double
        package var percentile99MACs: Double
        /// Expected calibration error over 15 bins of the answers given, 0…1.
        package var expectedCalibrationError: Double
        package var confusion: ConfusionMatrix

        package init(
            budgetMACs: Double?, thresholds: [Double], accuracy: Interval, meanMACs: Interval, exitShares: [Double],
            accuracyPerExit: [Double?], medianMACs: Double, percentile99MACs: Double, expectedCalibrationError: Double,
            confusion: ConfusionMatrix
        ) {
            self.budgetMACs = budgetMACs
            self.thresholds = thresholds
            self.accuracy = accuracy
            self.meanMACs = meanMACs
            self.exitShares = exitShares
            self.accuracyPerExit = accuracyPerExit
            self.medianMACs = medianMACs
            self.percentile99MACs = percentile99MACs
            self.expectedCalibrationError = expectedCalibrationError
            self.confusion = confusion
        }
    }

    /// Path of the model's file.
    package var model: String
    package var split: DatasetSplit
    package var imageCount: Int
    package var classNames: [String]
    package var score: GateScore
    package var cumulativeMACs: [Int]
    /// Accuracy of every exit on all images, 0…1.
    package var accuracyPerExit: [Double]
    /// Expected calibration error over 15 bins of every exit on all images, 0…1.
    package var expectedCalibrationErrorPerExit: [Double]
    package var settings: [Setting]

    package init(
        model: String, split: DatasetSplit, imageCount: Int, classNames: [String], score: GateScore,
        cumulativeMACs: [Int], accuracyPerExit: [Double], expectedCalibrationErrorPerExit: [Double], settings: [Setting]
    ) {
        self.model = model
        self.split = split
        self.imageCount = imageCount
        self.classNames = classNames
        self.score = score
        self.cumulativeMACs = cumulativeMACs
        self.accuracyPerExit = accuracyPerExit
        self.expectedCalibrationErrorPerExit = expectedCalibrationErrorPerExit
        self.settings = settings
    }
}
