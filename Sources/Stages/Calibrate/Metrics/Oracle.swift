/// The upper bound of every gate: each image leaves at its cheapest correct exit, hopeless ones at the first.
package struct Oracle: Sendable {
    private let imageCount: Int
    private let firstCost: Double
    /// MACs beyond the first exit's of every image that some exit gets right, ascending.
    private let extraMACs: [Double]

    package init(_ correctness: Correctness, cumulativeMACs: [Double]) {
        imageCount = correctness.isCorrect[0].count
        firstCost = cumulativeMACs[0]
        extraMACs = (0..<imageCount).compactMap { image in
            correctness.isCorrect.indices.first { correctness.isCorrect[$0][image] }
                .map { cumulativeMACs[$0] - cumulativeMACs[0] }
        }.sorted()
    }

    /// Largest share of right answers within a mean-MAC budget, 0…1, and the mean MACs it takes: the images that need
    /// least beyond the first exit come first.
    package func result(budget: Double) -> (accuracy: Double, meanMACs: Double) {
        let count = Double(max(1, imageCount))
        let limit = (budget * (1 + 1e-12) - firstCost) * count
        var spent = 0.0
        var right = 0
        for extra in extraMACs {
            if spent + extra > limit { break }
            spent += extra
            right += 1
        }
        return (Double(right) / count, firstCost + spent / count)
    }
}
