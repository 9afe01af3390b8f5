/// The ways thresholds for a budget are found.
package enum ThresholdMethod: String, Hashable, Sendable, Codable, CaseIterable {
    /// One threshold for all exits (ERDE).
    case shared
    /// Exit shares proportional to `r^k` (MSDNet).
    case geometric
    /// Every combination of cuts, or of quantile cuts that are refined.
    case exhaustive
    /// Coordinate ascent on correct answers minus a price per MAC, then a search within the budget.
    case lagrangian
}
