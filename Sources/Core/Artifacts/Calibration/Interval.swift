/// A measured value with the 2.5 and 97.5 % quantiles of the same measured on resampled images (percentile bootstrap).
///
/// The network and its thresholds are taken as they are: what other training or calibration images would have made of them is
/// not in it. Of few images, or near 0 and 1, such an interval is too narrow.
package struct Interval: Hashable, Sendable, Codable {
    package var value: Double
    package var low: Double
    package var high: Double

    package init(value: Double, low: Double, high: Double) {
        self.value = value
        self.low = low
        self.high = high
    }
}
