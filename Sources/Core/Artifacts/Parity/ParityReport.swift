/// What runtimes make of exported files, beside what erde makes of the model.
package struct ParityReport: Hashable, Sendable, Codable {
    /// Path of the model's file.
    package var model: String
    /// Where the images are from.
    package var images: String
    package var imageCount: Int
    /// Threads that erde and each runtime may use.
    package var threads: Int
    package var tolerance: ParityTolerance
    package var files: [FileParity]
    /// Whether all that ran came to erde's answers.
    package let agrees: Bool

    package init(
        model: String, images: String, imageCount: Int, threads: Int, tolerance: ParityTolerance, files: [FileParity]
    ) {
        self.model = model
        self.images = images
        self.imageCount = imageCount
        self.threads = threads
        self.tolerance = tolerance
        self.files = files
        agrees = files.allSatisfy { file in file.runtimes.allSatisfy { !$0.verdict.isDisagreement } }
    }

    /// Whether any runtime was there to run any of the files.
    package var hasRun: Bool {
        files.contains { file in file.runtimes.contains { $0.verdict != .notFound } }
    }
}
