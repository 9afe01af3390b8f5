package import Artifacts
package import Diagnostics
package import Graphs
import Tensors

extension Model {
    /// The model without some coupled channels. MACs are counted from the new graph; thresholds, errors and weights of
    /// ensembles, which belong to other logits, are dropped.
    ///
    /// - Throws: `ErdeError` of kind `badData` when a variable is missing.
    package func pruned(_ selection: ChannelSelection, _ dependencies: ChannelDependencies) throws(ErdeError) -> Model {
        var model = self
        (model.graph, model.parameters) = try graph.removing(selection.removed, of: dependencies, parameters)
        model.metadata.cumulativeMACs = model.graph.cost().cumulativeMACs
        model.metadata.operatingPoints = []
        model.metadata.provenance.trainingErrorPerExit = nil
        model.metadata.provenance.outOfFoldErrorPerExit = nil
        model.metadata.provenance.ensembleWeights = nil
        return model
    }

    /// - Parameter name: what the error is about.
    /// - Throws: `ErdeError` of kind `usage` for a quantized model.
    package func requireFloat(named name: String = "model") throws(ErdeError) {
        if isQuantized {
            throw ErdeError(
                .usage, name, "is quantized, and channels are taken out of a network in float",
                remedy: "prune the model that it was quantized from, and quantize the pruned one")
        }
    }

    /// Checks that every weight is a number, without which none can be compared.
    ///
    /// - Throws: `ErdeError` of kind `badData` that names the variable; of kind `usage` for a quantized model.
    package func requireNumbers() throws(ErdeError) {
        try requireFloat()
        for (name, tensor) in parameters.tensors.sorted(by: { $0.key < $1.key }) {
            guard let scalar = tensor.floats.first(where: { !$0.isFinite }) else { continue }
            throw ErdeError(
                .badData, name, "holds \(scalar), so that channels cannot be compared",
                remedy: "train the model again with a smaller learning rate")
        }
    }
}

extension ChannelDependencies {
    /// Channels of each group, by its key.
    package func widths(in graph: Graph) -> [String: Int] {
        Dictionary(groups.map { ($0.key(in: graph), $0.channels.count * $0.width) }) { first, _ in first }
    }
}
