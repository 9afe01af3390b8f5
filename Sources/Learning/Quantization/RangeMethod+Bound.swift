import Artifacts

extension QuantizationRecipe.RangeMethod {
    /// The largest magnitude to keep, given how often each occurs.
    ///
    /// - Parameter levels: steps from zero to the bound.
    func bound(of histogram: MagnitudeHistogram, levels: Int) -> Float {
        switch self {
        case .minMax: histogram.limit
        case .percentile: histogram.quantile(0.9999)
        case .mse: histogram.leastSquaresBound(levels: levels)
        case .entropy: histogram.leastDivergenceBound(levels: levels)
        }
    }
}
