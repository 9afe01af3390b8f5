/// What a value of a network takes on calibration images.
package struct ActivationStatistics: Sendable {
    package internal(set) var lower: Float = .infinity
    package internal(set) var upper: Float = -.infinity
    /// By channel.
    package internal(set) var means: [Double]
    /// By channel, of the magnitudes.
    package internal(set) var maxima: [Float]
    /// What is kept, when it is less than everything.
    package internal(set) var bound: Float?
    private var count = 0

    init(channels: Int) {
        means = [Double](repeating: 0, count: channels)
        maxima = [Float](repeating: 0, count: channels)
    }

    /// The floats that quantization keeps.
    package var range: ClosedRange<Float> {
        guard lower <= upper else { return 0...0 }
        guard let bound else { return lower...upper }
        return max(lower, -bound)...max(min(upper, bound), max(lower, -bound))
    }

    /// Whether it is the same number on every image, so that nothing is learned of its range.
    package var isConstant: Bool { lower == upper }

    /// Adds the elements `[N, C, …]` of a batch.
    mutating func add(_ scalars: [Float], images: Int) {
        let channels = means.count
        let area = scalars.count / max(1, images * channels)
        for image in 0..<images {
            for channel in 0..<channels {
                let start = (image * channels + channel) * area
                var (least, most, sum) = (Float.infinity, -Float.infinity, Float(0))
                for index in start..<start + area {
                    least = min(least, scalars[index])
                    most = max(most, scalars[index])
                    sum += scalars[index]
                }
                // A NaN passes minima and maxima by; in a sum it stays.
                if !sum.isFinite { (least, most) = (-.infinity, .infinity) }
                (lower, upper) = (min(lower, least), max(upper, most))
                maxima[channel] = max(maxima[channel], max(abs(least), abs(most)))
                means[channel] += Double(sum) / Double(max(1, area))
            }
        }
        count += images
    }

    /// Turns sums into means.
    mutating func finish() {
        for channel in means.indices { means[channel] /= Double(max(1, count)) }
    }
}
