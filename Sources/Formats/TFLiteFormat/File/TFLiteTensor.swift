/// A tensor of a TensorFlow Lite graph.
struct TFLiteTensor {
    /// How integers stand for floats: `scale · (q − zeroPoint)`.
    struct Quantization: Hashable {
        /// One, or one for each index along `axis`.
        var scales: [Float]
        /// As many as scales.
        var zeroPoints: [Int64]
        var axis: Int = 0
    }

    let name: String
    let type: ElementType
    /// Extents, images `[N, H, W, C]`; the batch is 1.
    let shape: [Int]
    /// Whether axis 0 is the batch and may be resized.
    let isBatched: Bool
    let quantization: Quantization?
    /// What a constant holds, little endian.
    let content: [UInt8]?
}
