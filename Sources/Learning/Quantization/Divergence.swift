import Glibc
package import Inference

extension ExitLogits {
    /// Mean `KL(p‖q)` in nats between these answers `p` and others `q`, over images and exits.
    package func divergence(of other: ExitLogits) -> Double {
        var sum = 0.0
        for exit in 0..<exits {
            for image in 0..<count {
                let (p, q) = (logProbabilities(exit, image), other.logProbabilities(exit, image))
                for index in p.indices { sum += exp(p[index]) * (p[index] - q[index]) }
            }
        }
        return sum / Double(max(1, exits * count))
    }

    private func logProbabilities(_ exit: Int, _ image: Int) -> [Double] {
        let row = row(exit: exit, image: image).map(Double.init)
        let largest = row.max() ?? 0
        let total = log(row.reduce(0) { $0 + exp($1 - largest) })
        return row.map { $0 - largest - total }
    }
}
