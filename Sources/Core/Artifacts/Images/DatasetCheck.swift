/// The result of looking at a source of images without writing a dataset.
package struct DatasetCheck: Hashable, Sendable, Codable {
    /// Number of usable images of a class by split.
    package struct ClassCounts: Hashable, Sendable, Codable {
        package var name: String
        package var counts: [DatasetSplit: Int]

        package init(name: String, counts: [DatasetSplit: Int]) {
            self.name = name
            self.counts = counts
        }
    }

    package var source: String
    /// All images that were tried, good and bad.
    package var imageCount: Int
    /// The size and channels that a dataset would have.
    package var image: ImageFormat
    package var classes: [ClassCounts]
    package var findings: DatasetFindings
    /// What was decided, in sentences.
    package var notes: [String]
    /// What looks wrong, in sentences.
    package var warnings: [String]
    /// Why no dataset can be made with the same options, or nil.
    package var refusal: String?
    package var seconds: Double

    package init(
        source: String, imageCount: Int, image: ImageFormat, classes: [ClassCounts], findings: DatasetFindings,
        notes: [String], warnings: [String], refusal: String?, seconds: Double
    ) {
        self.source = source
        self.imageCount = imageCount
        self.image = image
        self.classes = classes
        self.findings = findings
        self.notes = notes
        self.warnings = warnings
        self.refusal = refusal
        self.seconds = seconds
    }
}
