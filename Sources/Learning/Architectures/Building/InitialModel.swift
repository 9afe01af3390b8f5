package import Artifacts
package import Diagnostics
import Graphs

extension ArchitectureDescription {
    /// The network for a dataset, with initial parameters, knowing about itself what is known before training.
    ///
    /// - Throws: `ErdeError` of kind `usage` for a network that cannot exist.
    package func initialModel(
        role: ModelMetadata.Role, for dataset: DatasetDescription, seed: UInt64
    ) throws(ErdeError) -> Model {
        let graph = try buildGraph(
            image: dataset.image, classes: dataset.classNames.count, mean: dataset.mean,
            standardDeviation: dataset.standardDeviation)
        var provenance = Provenance(version: erdeVersion)
        provenance.architecture = self
        return Model(
            graph: graph, parameters: initialParameters(for: graph, seed: seed),
            metadata: ModelMetadata(
                role: role, classNames: dataset.classNames, image: dataset.image, cumulativeMACs: graph.cost().cumulativeMACs,
                provenance: provenance))
    }
}
