/// What runtimes make of exported files, beside what erde makes of the model.
package struct ParityReport: Hashable, Sendable, Codable {
    /// Path of the model's file.
    package var model: String
    /// Where the images are from.
    package var images: String
    package var imageCount: Int
    /// Threads that erde and each runtime may use.
    package var threads: Int
    /// erde's largest absolute logit of the images, at any exit; 1 when there is none but 0.
    package var largestLogit: Double
    package var files: [FileParity]
    /// Whether every file was run and all that ran came to erde's answers.
    package let agrees: Bool

    package init(
        model: String, images: String, imageCount: Int, threads: Int, largestLogit: Double, files: [FileParity]
    ) {
        self.model = model
        self.images = images
        self.imageCount = imageCount
        self.threads = threads
        self.largestLogit = largestLogit
        self.files = files
        agrees = files.allSatisfy { $0.wasRun && $0.runtimes.allSatisfy { !$0.verdict.isDisagreement } }
    }

    /// Files that no runtime was there to run.
    package var filesNotRun: [FileParity] { files.filter { !$0.wasRun } }
}
