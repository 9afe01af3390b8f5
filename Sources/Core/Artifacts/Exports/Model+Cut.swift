package import Diagnostics
import Graphs

extension Model {
    /// The model up to one exit, without the heads before it, as a model of one exit.
    ///
    /// - Parameter exit: counted from 0.
    /// - Throws: `ErdeError` of kind `usage` when there is no such exit.
    package func cut(at exit: Int) throws(ErdeError) -> Model {
        guard graph.outputs.indices.contains(exit) else {
            throw ErdeError(
                .usage, "--exit \(exit + 1)", "the model has exits 1 to \(exitCount)", remedy: "choose one of these")
        }
        let only = Graph.Output(name: Model.outputName(exit: 0), value: graph.outputs[exit].value)
        // Where a deeper exit reads the first one's logits, these give up their name.
        var names = Set(graph.values.map(\.name))
        var values = graph.values
        for index in values.indices where values[index].name == only.name && index != only.value.id {
            values[index].name = unused("\(only.name)_before", &names)
        }
        var cut = self
        cut.graph =
            Graph(
                unverified: values, origins: graph.origins, inputs: graph.inputs, variables: graph.variables,
                constants: graph.constants, nodes: graph.nodes, outputs: [only], updates: graph.updates
            ).removingDeadNodes()
        cut.metadata.cumulativeMACs = cut.graph.cost().cumulativeMACs
        cut.metadata.operatingPoints = []
        return cut
    }
}
