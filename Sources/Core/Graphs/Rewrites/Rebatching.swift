package import Diagnostics
import Tensors

extension Graph {
    /// The same graph for another batch size: shapes are inferred again, names and values stay.
    package func rebatched(_ batch: Int) throws(ErdeError) -> Graph {
        var copy = self
        for input in inputs where input.isBatched {
            copy.values[input.value.id].type.shape.dimensions[0] = batch
        }
        for node in nodes {
            let types = try node.op.inferTypes(node.inputs.map { copy.type(of: $0) })
            for (value, type) in zip(node.outputs, types) { copy.values[value.id].type = type }
        }
        return copy
    }

    /// The batch size the graph is built for.
    package var batch: Int {
        inputs.first { $0.isBatched }.map { shape(of: $0.value)[0] } ?? 1
    }
}
