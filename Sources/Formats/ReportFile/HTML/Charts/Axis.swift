import Glibc

/// A range of values laid along a line of the drawing, with round tick values.
struct Axis {
    enum Scale {
        case linear
        case logarithmic
    }

    let scale: Scale
    let values: ClosedRange<Double>
    /// Where the first and the last value are drawn.
    let start: Double
    let end: Double

    /// The position of a value.
    func position(_ value: Double) -> Double {
        let share =
            switch scale {
            case .linear: (value - values.lowerBound) / (values.upperBound - values.lowerBound)
            case .logarithmic: log(value / values.lowerBound) / log(values.upperBound / values.lowerBound)
            }
        return start + share * (end - start)
    }

    /// Round values inside the range: multiples of 1, 2 or 5 times a power of ten.
    func ticks(about count: Int) -> [Double] {
        switch scale {
        case .linear:
            let raw = (values.upperBound - values.lowerBound) / Double(max(1, count))
            let power = pow(10, floor(log10(raw)))
            let step = power * ([1, 2, 5, 10].first { $0 * power >= raw * 0.999 } ?? 10)
            let first = ceil(values.lowerBound / step - 1e-9)
            let last = floor(values.upperBound / step + 1e-9)
            return first > last ? [] : stride(from: first, through: last, by: 1).map { $0 * step }
        case .logarithmic:
            let powers = Int(floor(log10(values.lowerBound)))...Int(ceil(log10(values.upperBound)))
            func inside(_ factors: [Double]) -> [Double] {
                powers.flatMap { power in factors.map { $0 * pow(10, Double(power)) } }.filter(values.contains)
            }
            let all = [[1, 1.5, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 5], [1, 2, 5], [1]].map(inside)
            return all.first { $0.count <= count + 2 } ?? inside([1])
        }
    }
}
