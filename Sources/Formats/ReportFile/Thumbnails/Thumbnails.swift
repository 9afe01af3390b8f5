package import Artifacts
import CImageCodecs
package import Diagnostics
import FoundationEssentials

extension CalibrationReport {
    /// Puts the pixels of the examples into the report, as PNG.
    ///
    /// - Parameter test: the split that the examples' indices count in.
    /// - Throws: `ErdeError` of kind `badData` when the split is smaller than the report says, `unavailable` when an image
    ///   cannot be encoded.
    package mutating func attachThumbnails(from test: Samples) throws(ErdeError) {
        for place in examples.indices {
            let index = examples[place].index
            guard index < test.count else {
                throw ErdeError(
                    .badData, "test split", "has \(test.count) images; the report shows image \(index)",
                    remedy: "use the dataset that the report was made with")
            }
            let pixels = test.withPixels(at: index) { Array($0) }
            let bytes = try pngBytes(channelsFirst: pixels, format: test.image)
            examples[place].pngBase64 = Data(bytes).base64EncodedString()
        }
    }
}

/// A grey or RGB image as a PNG file.
///
/// - Parameter pixels: `[C, H, W]`.
package func pngBytes(channelsFirst pixels: [UInt8], format: ImageFormat) throws(ErdeError) -> [UInt8] {
    precondition(pixels.count == format.byteCount, "\(pixels.count) bytes for \(format.byteCount)")
    let area = format.height * format.width
    var interleaved = [UInt8](repeating: 0, count: pixels.count)
    for channel in 0..<format.channels {
        for place in 0..<area { interleaved[place * format.channels + channel] = pixels[channel * area + place] }
    }
    // Deflate never makes more of bytes than this bound allows.
    var bytes = [UInt8](repeating: 0, count: 2 * pixels.count + format.height + 1024)
    var count = bytes.count
    let status = erde_png_encode(
        &interleaved, UInt32(format.width), UInt32(format.height), UInt32(format.channels), &bytes, &count)
    guard status == 1 else {
        throw ErdeError(.unavailable, "PNG", "an image of \(format.width) x \(format.height) cannot be encoded")
    }
    return Array(bytes.prefix(count))
}
