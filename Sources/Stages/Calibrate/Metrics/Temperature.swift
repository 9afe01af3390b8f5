import Glibc

/// The temperature of least negative log-likelihood, between 0.05 and 20 (Guo et al., 2017).
///
/// The negative log-likelihood is convex in `b = 1 / T`, so its derivative `mean of E_p[z] − z_y` is followed to zero by
/// Newton steps inside a bracket, which is halved where they gain little.
///
/// - Parameter logits: row-major `[N, K]`.
package func bestTemperature(logits: [Float], labels: [Int32], classCount: Int) -> Double {
    guard !labels.isEmpty else { return 1 }
    var low = 1 / 20.0
    var high = 1 / 0.05
    var inverse = 1.0
    if derivatives(high, logits, labels, classCount).slope <= 0 { return 1 / high }
    if derivatives(low, logits, labels, classCount).slope >= 0 { return 1 / low }
    var lastSlope = Double.infinity
    for _ in 0..<100 {
        let (slope, curvature) = derivatives(inverse, logits, labels, classCount)
        if slope > 0 { high = inverse } else { low = inverse }
        // Without curvature the slope says no more than on which side to go on.
        var next = curvature > 0 ? inverse - slope / curvature : .nan
        if abs(next - inverse) <= 1e-10 * inverse || high - low <= 1e-10 * inverse { break }
        if !(next > low && next < high) || abs(slope) > lastSlope / 2 { next = (low + high) / 2 }
        lastSlope = abs(slope)
        inverse = next
    }
    return 1 / inverse
}

/// Mean negative log-likelihood in nats of logits divided by a temperature.
package func negativeLogLikelihood(
    logits: [Float], labels: [Int32], classCount: Int, temperature: Double = 1
) -> Double {
    var total = 0.0
    for image in labels.indices {
        let row = logits[image * classCount..<(image + 1) * classCount]
        let maximum = Double(row.max() ?? 0)
        var sum = 0.0
        for logit in row { sum += exp((Double(logit) - maximum) / temperature) }
        total += log(sum) - (Double(row[row.startIndex + Int(labels[image])]) - maximum) / temperature
    }
    return total / Double(max(1, labels.count))
}

/// Largest softmax probability of each row of logits divided by a temperature.
package func confidences(logits: [Float], classCount: Int, temperature: Double = 1) -> [Double] {
    (0..<logits.count / classCount).map { image in
        let row = logits[image * classCount..<(image + 1) * classCount]
        let maximum = Double(row.max() ?? 0)
        var sum = 0.0
        for logit in row { sum += exp((Double(logit) - maximum) / temperature) }
        return 1 / sum
    }
}

/// First and second derivative of the mean negative log-likelihood with respect to the inverse temperature.
private func derivatives(
    _ inverse: Double, _ logits: [Float], _ labels: [Int32], _ classCount: Int
) -> (slope: Double, curvature: Double) {
    var slope = 0.0
    var curvature = 0.0
    for image in labels.indices {
        let row = logits[image * classCount..<(image + 1) * classCount]
        let maximum = Double(row.max() ?? 0)
        var sum = 0.0
        var first = 0.0
        var second = 0.0
        for logit in row {
            let shifted = Double(logit) - maximum
            let weight = exp(shifted * inverse)
            sum += weight
            first += weight * shifted
            second += weight * shifted * shifted
        }
        let mean = first / sum
        slope += mean - (Double(row[row.startIndex + Int(labels[image])]) - maximum)
        curvature += second / sum - mean * mean
    }
    let count = Double(labels.count)
    return (slope / count, curvature / count)
}
