/// What happened to the images of a split when each left at some exit.
package struct LeavingResult: Sendable {
    package let accuracy: Double
    package let meanMACs: Double
    /// By exit, 0…1.
    package let exitShares: [Double]
    /// By exit, among the images that leave there, 0…1; nil where nobody leaves.
    package let accuracyPerExit: [Double?]
    package let medianMACs: Double
    package let percentile99MACs: Double

    /// - Parameter exits: where each image leaves, counted from 0.
    package init(exits: [Int], correctness: Correctness, cumulativeMACs: [Double]) {
        var leaving = [Int](repeating: 0, count: cumulativeMACs.count)
        var right = leaving
        for (image, exit) in exits.enumerated() {
            leaving[exit] += 1
            right[exit] += correctness.isCorrect[exit][image] ? 1 : 0
        }
        let count = Double(max(1, exits.count))
        accuracy = Double(right.reduce(0, +)) / count
        meanMACs = zip(leaving, cumulativeMACs).reduce(0) { $0 + Double($1.0) * $1.1 } / count
        exitShares = leaving.map { Double($0) / count }
        accuracyPerExit = zip(right, leaving).map { $1 == 0 ? nil : Double($0) / Double($1) }
        func percentile(_ share: Double) -> Double {
            var seen = 0
            for (exit, number) in leaving.enumerated() {
                seen += number
                if Double(seen) >= share * Double(exits.count) { return cumulativeMACs[exit] }
            }
            return cumulativeMACs[cumulativeMACs.count - 1]
        }
        medianMACs = percentile(0.5)
        percentile99MACs = percentile(0.99)
    }
}
