/// Repeated timings of the same work.
package struct TimeMeasurement: Hashable, Sendable, Codable {
    /// The middle of all timings, in milliseconds.
    package var median: Double
    /// The fastest, in milliseconds.
    package var low: Double
    /// The slowest, in milliseconds.
    package var high: Double

    package init(median: Double, low: Double, high: Double) {
        self.median = median
        self.low = low
        self.high = high
    }
}
