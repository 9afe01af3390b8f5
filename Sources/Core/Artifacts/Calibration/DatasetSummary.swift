/// The data a report rests on.
package struct DatasetSummary: Hashable, Sendable, Codable {
    /// Path of the dataset file.
    package var path: String?
    package var fingerprint: String?
    package var trainImages: Int?
    package var calibrationImages: Int
    package var testImages: Int

    package init(
        path: String? = nil, fingerprint: String? = nil, trainImages: Int? = nil, calibrationImages: Int, testImages: Int
    ) {
        self.path = path
        self.fingerprint = fingerprint
        self.trainImages = trainImages
        self.calibrationImages = calibrationImages
        self.testImages = testImages
    }
}
