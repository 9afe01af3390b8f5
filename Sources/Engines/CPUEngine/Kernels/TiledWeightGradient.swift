import CLoops

/// The gradient of the weights of a convolution with a 3x3 kernel, stride 1 and a padding of one, of images in bfloat16 whose channels
/// are innermost, in the matrix tiles of the processor. The library's own code (oneDNN 2.6) takes half as long again.
struct TiledWeightGradient {
    let images: Int
    let height: Int
    let width: Int
    let channels: Int
    let outputs: Int
    let threads: Int
    /// Bytes from one thread's working space to the next.
    private let spaceByteCount: Int

    /// Bytes of an image that leave a processor's own cache room for sums.
    private static let largestImage = 1 << 19

    /// Bytes of working space of all threads that a gradient may take.
    private static let mostSpace = 1 << 26

    /// Nil where the processor has no tiles, where the images are too few to be shared out or too large to be kept at hand, and where
    /// the threads' sums would take too much memory.
    init?(images: Int, height: Int, width: Int, channels: Int, outputs: Int, threads: Int) {
        guard CPUEngine.hasTiles, images >= threads,
            (height + 2) * (width + 2) * max(channels, outputs) * 2 <= TiledWeightGradient.largestImage
        else { return nil }
        (self.images, self.height, self.width) = (images, height, width)
        (self.channels, self.outputs, self.threads) = (channels, outputs, threads)
        var work = erde_tiled_weight_gradient(
            x: nil, dy: nil, height: height, width: width, channels: channels, outputs: outputs)
        let page = 4096
        spaceByteCount = (erde_tiled_weight_gradient_space(&work) + page - 1) / page * page
        guard threads * spaceByteCount <= TiledWeightGradient.mostSpace else { return nil }
    }

    /// Bytes of working space of all threads.
    var byteCount: Int { threads * spaceByteCount }

    /// Writes the gradient `[outputs, channels, 3, 3]`.
    func run(
        _ x: UnsafePointer<UInt16>, _ dy: UnsafePointer<UInt16>, into dweight: UnsafeMutablePointer<Float>,
        space: UnsafeMutableRawPointer
    ) {
        let work = erde_tiled_weight_gradient(
            x: x, dy: dy, height: height, width: width, channels: channels, outputs: outputs)
        inParallel(threads, of: images, threads: threads) { part, range in
            withUnsafePointer(to: work) {
                erde_sum_weight_gradient_tiles($0, space + part * spaceByteCount, range.lowerBound, range.upperBound)
            }
        }
        // Few sums are no work for several threads.
        let parts = min(threads, outputs, max(1, channels * outputs / 1024))
        inParallel(parts, of: outputs, threads: threads) { _, range in
            withUnsafePointer(to: work) {
                erde_collect_weight_gradient(
                    $0, space, spaceByteCount, threads, range.lowerBound, range.upperBound, dweight)
            }
        }
    }
}
