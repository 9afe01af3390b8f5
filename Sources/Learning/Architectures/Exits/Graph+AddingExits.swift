package import Artifacts
package import Diagnostics
package import Graphs
import Tensors

extension Graph {
    /// The same network with an exit at each of these places, before its own output, which becomes the last exit.
    ///
    /// - Parameters:
    ///   - places: values of images, in the order in which they are computed.
    ///   - dropout: in front of each new exit's fully connected layer, 0 for none.
    package func addingExits(
        at places: [Value], head: ArchitectureDescription.Head, dropout: Double
    ) throws(ErdeError) -> Graph {
        precondition(inputs.count == 1 && outputs.count == 1, "\(inputs.count) inputs and \(outputs.count) outputs")
        var builder = GraphBuilder()
        let image = inputs[0]
        let own = builder.input(name(of: image.value), type(of: image.value), isBatched: image.isBatched)
        let values = try builder.inline(self, bindings: [image.value: own])
        let last = values[outputs[0].value]!
        var network = NetworkBuilder(
            extending: builder, head: head, dropout: dropout, classes: shape(of: outputs[0].value)[1])
        for place in places { try network.addExit(values[place]!) }
        network.builder.output(Model.outputName(exit: places.count), last)
        return network.builder.graph
    }
}
