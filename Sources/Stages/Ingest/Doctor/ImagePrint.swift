import Artifacts
import Images

/// What is kept of an image to compare it with others.
struct ImagePrint: Sendable {
    /// Of the pixels at the working size.
    let digest: SHA256.Digest
    /// 64-bit dHash: whether each of 8 x 8 cells is lighter than the one to its right, by more than noise.
    let hash: UInt64
    /// Means of 8 x 8 of the 8 x 9 cells that the hash was taken from.
    let thumbnail: SIMD64<UInt8>
    /// As the file has it.
    let header: ImageHeader

    /// Levels of 255 by which a cell must differ from the next, so that flat areas give the same bits in every copy.
    private static let margin: UInt32 = 2

    /// - Parameter pixels: planes `[C, H, W]` at the working size.
    init(_ pixels: UnsafeRawBufferPointer, format: ImageFormat, header: ImageHeader) {
        digest = SHA256.digest(of: pixels)
        self.header = header
        var hash: UInt64 = 0
        var thumbnail = SIMD64<UInt8>(repeating: 0)
        for row in 0..<8 {
            var left: UInt32 = 0
            for column in 0..<9 {
                let cell = ImagePrint.mean(pixels, format: format, row: row, column: column)
                if column > 0 && left > cell + ImagePrint.margin { hash |= 1 << UInt64(row * 8 + column - 1) }
                if column < 8 { thumbnail[row * 8 + column] = UInt8(truncatingIfNeeded: cell) }
                left = cell
            }
        }
        self.hash = hash
        self.thumbnail = thumbnail
    }

    /// The mean of one of 8 x 9 cells, over all channels.
    private static func mean(_ pixels: UnsafeRawBufferPointer, format: ImageFormat, row: Int, column: Int) -> UInt32 {
        let (top, left) = (row * format.height / 8, column * format.width / 9)
        let bottom = max(top + 1, (row + 1) * format.height / 8)
        let right = max(left + 1, (column + 1) * format.width / 9)
        var sum: UInt32 = 0
        for channel in 0..<format.channels {
            for line in top..<bottom {
                let start = (channel * format.height + line) * format.width
                for pixel in pixels[(start + left)..<(start + right)] { sum &+= UInt32(pixel) }
            }
        }
        let count = UInt32(format.channels * (bottom - top) * (right - left))
        return (sum + count / 2) / count
    }
}
