package import Artifacts

/// Pixels `[C, H, W]` of 8 bits as the floats 0…1 that networks take.
package enum PixelScaling {
    /// Writes pixels as floats: `value / 255`.
    package static func write(_ pixels: UnsafeRawBufferPointer, to floats: UnsafeMutablePointer<Float>) {
        for index in 0..<pixels.count { floats[index] = Float(pixels[index]) / 255 }
    }

    /// The images `indices` of a split, one after the other, as floats `[N, C, H, W]`.
    package static func floats(of samples: Samples, _ indices: Range<Int>) -> [Float] {
        let size = samples.image.byteCount
        return [Float](unsafeUninitializedCapacity: indices.count * size) { buffer, count in
            for (place, index) in indices.enumerated() {
                samples.withPixels(at: index) { write($0, to: buffer.baseAddress! + place * size) }
            }
            count = indices.count * size
        }
    }
}
