package import Artifacts

/// What a foreign file does not say of itself.
package struct ImportOptions: Sendable {
    /// Subtracted from the pixels, scaled to 0…1, and then divided by, before the file's first operator.
    package struct Normalization: Hashable, Sendable {
        package var mean: [Float]
        package var standardDeviation: [Float]

        package init(mean: [Float], standardDeviation: [Float]) {
            self.mean = mean
            self.standardDeviation = standardDeviation
        }
    }

    /// In the order of the logits; nil numbers them, unless the file names them.
    package var classNames: [String]?
    /// Whether they are a dataset's, not given one by one.
    package var hasDatasetNames = false
    /// Height and width of the images, for a file that leaves them open.
    package var size: (height: Int, width: Int)?
    /// nil for a file that takes pixels as they are.
    package var normalization: Normalization?
    package var resizing = ImageFormat.Resizing.stretch
    /// The output that holds the logits; nil takes the first that can.
    package var output: String?

    package init() {}
}
