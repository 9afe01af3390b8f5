import Foundation
import Quantization
import Testing

/// The bounds that ranges are cut at, against the losses computed value by value and an independent search.
@Suite struct MagnitudeHistogramTests {
    /// Quantiles of an exponential distribution, with its long tail.
    private static let exponential = (0..<100_000).map { Float(-log1p(-(Double($0) + 0.5) / 100_000)) }

    private static func histogram(_ scalars: [Float]) -> MagnitudeHistogram {
        var histogram = MagnitudeHistogram(limit: scalars.max() ?? 0)
        histogram.add(scalars)
        return histogram
    }

    /// Mean squared error of scalars rounded to steps of `bound / levels` and cut at the bound.
    private static func loss(_ scalars: [Float], bound: Float, levels: Int) -> Double {
        let step = Double(bound) / Double(levels)
        return scalars.reduce(0) { sum, scalar in
            let rounded = min((Double(scalar) / step).rounded(.toNearestOrEven), Double(levels)) * step
            return sum + (Double(scalar) - rounded) * (Double(scalar) - rounded)
        } / Double(scalars.count)
    }

    /// Bins are 1 wide here, and a quantile is the end of its bin.
    @Test func quantilesCountMagnitudesOtherThanZero() {
        var histogram = MagnitudeHistogram(limit: 2048)
        histogram.add([Float](repeating: 0.5, count: 9000) + [Float](repeating: -0.25, count: 998))
        histogram.add([0, -3.5, 2048] + [Float](repeating: 0, count: 50_000))
        #expect(histogram.quantile(0.5) == 1 && histogram.quantile(0.99975) == 1)
        #expect(histogram.quantile(0.99985) == 4 && histogram.quantile(0.99995) == 2048 && histogram.quantile(1) == 2048)
        #expect(MagnitudeHistogram(limit: 0).quantile(0.9999) == 0)
    }

    @Test(arguments: [127, 255], [0, 400_000])
    func leastSquaresBoundIsNearlyTheBest(levels: Int, zeros: Int) {
        let scalars = Self.exponential + [Float](repeating: 0, count: zeros)
        let chosen = Self.loss(scalars, bound: Self.histogram(scalars).leastSquaresBound(levels: levels), levels: levels)
        let limit = scalars.max() ?? 0
        let best = (10...100).map { Self.loss(scalars, bound: limit * Float($0) / 100, levels: levels) }.min()!
        #expect(chosen <= 1.02 * best, "\(chosen), \(best) is possible")
    }

    /// Expected values: the same search in NumPy, with `p` and `q` as arrays that each sum to 1.
    @Test(arguments: [(127, 10.102194), (255, 10.674354)])
    func leastDivergenceBoundIsThatOfDistributions(levels: Int, expected: Double) {
        let bound = Double(Self.histogram(Self.exponential).leastDivergenceBound(levels: levels))
        // A bin is 0.006 wide.
        #expect(abs(bound - expected) < 0.003, "\(bound)")
    }

    @Test func zerosDoNotMoveABound() {
        let (plain, sparse) = (Self.exponential, Self.exponential + [Float](repeating: 0, count: 1_000_000))
        for levels in [127, 255] {
            #expect(
                Self.histogram(plain).leastSquaresBound(levels: levels)
                    == Self.histogram(sparse).leastSquaresBound(levels: levels))
            #expect(
                Self.histogram(plain).leastDivergenceBound(levels: levels)
                    == Self.histogram(sparse).leastDivergenceBound(levels: levels))
        }
    }
}
