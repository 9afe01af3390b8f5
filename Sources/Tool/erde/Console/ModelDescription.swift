import Artifacts
import Graphs
import Tensors

/// A model file, for programs: its metadata and, when asked for, its operators.
struct ModelDescription: Encodable {
    struct Layer: Encodable {
        let macs: Int
        let name: String
        let `operator`: String
        /// Of its result, for one image.
        let shape: [Int]
    }

    private let metadata: ModelMetadata
    private let layers: [Layer]?

    private enum CodingKeys: CodingKey {
        case layers
    }

    init(_ model: Model, withLayers: Bool) {
        metadata = model.metadata
        guard withLayers else {
            layers = nil
            return
        }
        let graph = model.graph
        layers = zip(graph.nodes, graph.cost().nodeMACs).map { node, macs in
            Layer(
                macs: macs, name: graph.name(of: node.outputs[0]), operator: node.op.name,
                shape: graph.shape(of: node.outputs[0]).dimensions)
        }
    }

    func encode(to encoder: any Encoder) throws {
        try metadata.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(layers, forKey: .layers)
    }
}
