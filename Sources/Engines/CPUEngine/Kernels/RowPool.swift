import CLoops
import Graphs

/// Average pooling, without padding, of images whose channels are innermost. The library's own code takes five times as long in
/// bfloat16.
struct RowPool {
    let images: Int
    let threads: Int
    private let work: erde_average_pool

    /// - Parameters:
    ///   - x: extents of the images, NCHW.
    ///   - y: of the result.
    init(element: erde_element, from x: [Int], to y: [Int], kernel: Extent, strides: Extent, threads: Int) {
        (images, self.threads) = (x[0], threads)
        work = erde_average_pool(
            element: element, channels: x[1], height: x[2], width: x[3], result_height: y[2], result_width: y[3],
            kernel_height: kernel.height, kernel_width: kernel.width, stride_height: strides.height,
            stride_width: strides.width)
    }

    func run(_ x: UnsafeRawPointer, into y: UnsafeMutableRawPointer) {
        let parts = rowParts(numbers: images * work.height * work.width * work.channels, threads: threads)
        inParallel(parts, of: images * work.result_height, threads: threads) { _, range in
            withUnsafePointer(to: work) { erde_average_pool_rows($0, x, y, range.lowerBound, range.upperBound) }
        }
    }
}
