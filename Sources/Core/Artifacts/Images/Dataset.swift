/// Labelled images at the working size, split, ready to train on.
package struct Dataset: Sendable {
    package let description: DatasetDescription
    package let train: Samples
    package let calibration: Samples
    package let test: Samples
    /// Hash of the content, in hexadecimal: equal datasets have equal fingerprints wherever they lie.
    package let fingerprint: String

    package init(
        description: DatasetDescription, train: Samples, calibration: Samples, test: Samples, fingerprint: String
    ) {
        self.description = description
        self.train = train
        self.calibration = calibration
        self.test = test
        self.fingerprint = fingerprint
    }

    /// The same dataset with only some of its training images, in the order of `indices`.
    ///
    /// - Parameter name: tells this selection from others in the fingerprint.
    package func training(on indices: [Int], name: String) -> Dataset {
        Dataset(
            description: description, train: train.selecting(indices), calibration: calibration, test: test,
            fingerprint: "\(fingerprint) \(name)")
    }

    package func samples(_ split: DatasetSplit) -> Samples {
        switch split {
        case .train: train
        case .calibration: calibration
        case .test: test
        }
    }
}
