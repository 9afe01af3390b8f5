/// What an image file may cost, checked before anything is decoded.
package struct ImageLimits: Hashable, Sendable, Codable {
    /// Bytes of the file.
    package var fileBytes: Int
    /// Pixels along one side.
    package var side: Int
    /// Pixels in all.
    package var pixels: Int

    package init(fileBytes: Int = 256 << 20, side: Int = 32_768, pixels: Int = 100_000_000) {
        self.fileBytes = fileBytes
        self.side = side
        self.pixels = pixels
    }
}
