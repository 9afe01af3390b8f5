package import Artifacts
import Glibc
import Tensors

/// 95 % intervals by resampling the images with replacement (percentile bootstrap), seeded.
///
/// Where all images are answered right, or none, every resample says the same: the interval of the accuracy is then the exact one
/// of a proportion (Clopper and Pearson, 1934).
package struct Bootstrap: Sendable {
    package var resamples = 1000
    package var seed: UInt64 = 1

    package init() {}

    /// Intervals of accuracy and mean MACs of several ways of leaving, on the same resamples.
    ///
    /// - Parameter exits: for each way, where each image leaves, counted from 0.
    package func intervals(
        exits: [[Int]], correctness: Correctness, cumulativeMACs: [Double]
    ) -> [(accuracy: Interval, meanMACs: Interval)] {
        guard let images = exits.first?.count, images > 0 else {
            return exits.map { _ in (Interval(value: 0, low: 0, high: 0), Interval(value: 0, low: 0, high: 0)) }
        }
        // Images that fare alike under every way are one group, and only group sizes matter.
        var groupOf: [[Int]: Int] = [:]
        var groups: [[Int]] = []
        let group = (0..<images).map { image -> Int in
            let fate = exits.map { $0[image] * 2 + (correctness.isCorrect[$0[image]][image] ? 1 : 0) }
            if let known = groupOf[fate] { return known }
            groupOf[fate] = groups.count
            groups.append(fate)
            return groups.count - 1
        }
        var accuracies = [[Double]](repeating: [], count: exits.count)
        var macs = accuracies
        func note(_ sizes: [Int]) {
            for way in exits.indices {
                var right = 0
                var cost = 0.0
                for (size, fate) in zip(sizes, groups) {
                    right += size * (fate[way] & 1)
                    cost += Double(size) * cumulativeMACs[fate[way] / 2]
                }
                accuracies[way].append(Double(right) / Double(images))
                macs[way].append(cost / Double(images))
            }
        }
        var sizes = [Int](repeating: 0, count: groups.count)
        for number in group { sizes[number] += 1 }
        note(sizes)
        var generator = RandomGenerator(seed: seed)
        for _ in 0..<resamples {
            for index in sizes.indices { sizes[index] = 0 }
            for _ in 0..<images { sizes[group[generator.below(images)]] += 1 }
            note(sizes)
        }
        return exits.indices.map { way in
            let accuracy = interval(accuracies[way])
            return (Bootstrap.widened(accuracy, images: images), interval(macs[way]))
        }
    }

    private static func widened(_ accuracy: Interval, images: Int) -> Interval {
        guard accuracy.low == accuracy.high, accuracy.value == 0 || accuracy.value == 1 else { return accuracy }
        // The accuracy at which so one-sided a result has a chance of 2.5 %.
        let bound = pow(0.025, 1 / Double(images))
        return accuracy.value == 1
            ? Interval(value: 1, low: bound, high: 1) : Interval(value: 0, low: 0, high: 1 - bound)
    }

    /// The first value is the measured one, the others are resamples.
    private func interval(_ values: [Double]) -> Interval {
        let sorted = values.dropFirst().sorted()
        guard !sorted.isEmpty else { return Interval(value: values[0], low: values[0], high: values[0]) }
        func quantile(_ share: Double) -> Double {
            let place = share * Double(sorted.count - 1)
            let below = Int(place)
            let above = min(below + 1, sorted.count - 1)
            return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
        }
        return Interval(value: values[0], low: quantile(0.025), high: quantile(0.975))
    }
}
