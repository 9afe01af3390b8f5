/// A measured value with the bounds between which it lies with 95 % confidence.
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
