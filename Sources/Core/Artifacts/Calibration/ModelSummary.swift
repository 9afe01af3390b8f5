/// One row of the table that sets teacher, student and relatives beside each other.
package struct ModelSummary: Hashable, Sendable, Codable {
    /// What the row is called, for example `teacher`.
    package var name: String
    /// The network, for example `preresnet-16-32-64-b1`.
    package var architecture: String?
    package var exitCount: Int
    /// MACs of one image that leaves at each exit: the backbone up to there and all heads on the way.
    package var cumulativeMACs: [Int]
    package var parameterCount: Int
    /// Bytes of the written file.
    package var fileBytes: Int?
    /// Accuracy of every exit on the whole calibration split, 0…1.
    package var calibrationAccuracyPerExit: [Double]?
    /// Accuracy of every exit on the whole test split, 0…1.
    package var testAccuracyPerExit: [Double]?
    /// Milliseconds of one image through the full depth, one image at a time.
    package var millisecondsPerImageBatch1: TimeMeasurement?
    /// Milliseconds per image through the full depth, 128 images at a time.
    package var millisecondsPerImageBatch128: TimeMeasurement?
    /// Share of the test images that leave at each exit at the target budget, 0…1; at the largest one in a report without a
    /// target, nil without thresholds.
    package var exitSharesAtTarget: [Double]?
    /// On the test split at the same budget, 0…1.
    package var testAccuracyAtTarget: Double?
    /// Share of the test images that leave at another exit than in the model of the row above, 0…1.
    package var changedExitShare: Double?

    package init(name: String, architecture: String? = nil, cumulativeMACs: [Int], parameterCount: Int) {
        self.name = name
        self.architecture = architecture
        self.exitCount = cumulativeMACs.count
        self.cumulativeMACs = cumulativeMACs
        self.parameterCount = parameterCount
    }
}
