/// How long an image takes when so many are fed at once.
package struct BatchTime: Hashable, Sendable, Codable {
    package var batch: Int
    /// For one image, median of several passes.
    package var milliseconds: Double

    package init(batch: Int, milliseconds: Double) {
        self.batch = batch
        self.milliseconds = milliseconds
    }
}
