/// Which pixels of a line, and how much of each, make every pixel of a resampled line.
///
/// The filter is the triangle `max(0, 1 − |t|)`, widened by the scale when shrinking (antialiasing) and normalised at the
/// borders. Weights are fixed point with 22 fraction bits, which sums of 8-bit samples leave room for.
struct ResamplingWindow: Hashable {
    static let fractionBits = 22

    /// First source pixel for each target pixel.
    private(set) var starts: [Int] = []
    /// Number of weights for each target pixel.
    private(set) var counts: [Int] = []
    /// `stride` weights for each target pixel, of which `counts` are used.
    private(set) var weights: [Int32] = []
    private(set) var stride = 0

    /// - Parameters:
    ///   - origin: where the part that is kept begins, in source pixels.
    ///   - extent: how many source pixels the part spans.
    init(source: Int, origin: Double, extent: Double, target: Int) {
        let scale = extent / Double(target)
        let widening = max(1, scale)
        stride = Int(widening.rounded(.up)) * 2 + 1
        weights = [Int32](repeating: 0, count: stride * target)
        var line: [Double] = []
        for position in 0..<target {
            let centre = origin + (Double(position) + 0.5) * scale
            let start = max(0, Int(centre - widening + 0.5))
            let end = min(source, Int(centre + widening + 0.5))
            line.removeAll(keepingCapacity: true)
            for pixel in start..<max(start, end) {
                line.append(max(0, 1 - abs((Double(pixel) + 0.5 - centre) / widening)))
            }
            let total = line.reduce(0, +)
            starts.append(start)
            counts.append(line.count)
            for (index, weight) in line.enumerated() where total > 0 {
                let fixed = weight / total * Double(1 << ResamplingWindow.fractionBits)
                weights[position * stride + index] = Int32(fixed.rounded())
            }
        }
    }
}
