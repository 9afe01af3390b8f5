/// What a dataset is, beside its pixels.
package struct DatasetDescription: Hashable, Sendable, Codable {
    /// Names of the classes; labels are positions in this list.
    package var classNames: [String]
    package var image: ImageFormat
    /// Per channel, of the training split, of pixels scaled to 0…1.
    package var mean: [Float]
    /// Per channel standard deviation, of the training split, of pixels scaled to 0…1.
    package var standardDeviation: [Float]
    /// Number of images by split.
    package var counts: [DatasetSplit: Int]
    /// Where the images were read from.
    package var source: String
    /// Seed of the random split.
    package var seed: UInt64

    package init(
        classNames: [String], image: ImageFormat, mean: [Float], standardDeviation: [Float], counts: [DatasetSplit: Int],
        source: String, seed: UInt64
    ) {
        self.classNames = classNames
        self.image = image
        self.mean = mean
        self.standardDeviation = standardDeviation
        self.counts = counts
        self.source = source
        self.seed = seed
    }
}
