/// An image as its file holds it: 8-bit samples, interleaved `[H, W, C]`.
package struct DecodedImage: Hashable, Sendable {
    package let width: Int
    package let height: Int
    /// 1 for grey, 3 for RGB.
    package let channels: Int
    package let pixels: [UInt8]

    package init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
        precondition(pixels.count == width * height * channels, "\(pixels.count) bytes for \(width) x \(height) x \(channels)")
        self.width = width
        self.height = height
        self.channels = channels
        self.pixels = pixels
    }
}
