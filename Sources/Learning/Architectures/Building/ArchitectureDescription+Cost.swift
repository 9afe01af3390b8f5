package import Artifacts
package import Diagnostics
package import Graphs

extension ArchitectureDescription {
    /// What the network costs, known before any training.
    ///
    /// - Throws: `ErdeError` of kind `usage` for a network that cannot exist.
    package func cost(image: ImageFormat, classes: Int) throws(ErdeError) -> GraphCost {
        let statistics = [Float](repeating: 1, count: max(0, image.channels))
        return try buildGraph(image: image, classes: classes, mean: statistics, standardDeviation: statistics).cost()
    }

    /// MACs of one image that leaves at each exit: what of the network it needs up to there, and all heads on the way.
    ///
    /// - Throws: `ErdeError` of kind `usage` for a network that cannot exist.
    package func cumulativeMACs(image: ImageFormat, classes: Int) throws(ErdeError) -> [Int] {
        try cost(image: image, classes: classes).cumulativeMACs
    }
}
