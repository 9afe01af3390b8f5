/// Sums of pixels and of their squares per channel, exact, so that no order of adding matters.
struct PixelStatistics: Sendable {
    private var sums: SIMD4<UInt64> = .zero
    private var squares: SIMD4<UInt64> = .zero
    private var count: UInt64 = 0

    /// Adds an image `[C, plane]`.
    mutating func add(_ pixels: UnsafeRawBufferPointer, channels: Int) {
        let plane = pixels.count / channels
        for channel in 0..<channels {
            var sum: UInt64 = 0
            var square: UInt64 = 0
            for pixel in pixels[(channel * plane)..<((channel + 1) * plane)] {
                sum &+= UInt64(pixel)
                square &+= UInt64(pixel) &* UInt64(pixel)
            }
            sums[channel] += sum
            squares[channel] += square
        }
        count += UInt64(plane)
    }

    /// Mean of pixels scaled to 0…1.
    func mean(channel: Int) -> Double { Double(sums[channel]) / Double(max(1, count)) / 255 }

    /// Standard deviation (of the population) of pixels scaled to 0…1.
    func standardDeviation(channel: Int) -> Double {
        let mean = Double(sums[channel]) / Double(max(1, count))
        return max(0, Double(squares[channel]) / Double(max(1, count)) - mean * mean).squareRoot() / 255
    }

    /// What to tell of channels whose pixels are all the same, which have no deviation to divide by: each by its name, and all
    /// of them together in one.
    ///
    /// - Parameter channels: 1 for grey, 3 for RGB.
    func warnings(channels: Int) -> [String] {
        let constant = (0..<channels).filter { standardDeviation(channel: $0) == 0 }
        if constant.count == channels { return ["every training pixel is the same; the deviation is taken as 1"] }
        return constant.map { channel in
            "the \(PixelStatistics.colours[channel]) channel is the same in every training pixel; its deviation is taken as 1"
        }
    }

    /// The channels of RGB.
    private static let colours = ["red", "green", "blue"]
}
