package import Graphs

/// An early-exit classifier: graph, weights and what it knows about itself.
///
/// The graph is in canonical form: one input `image` `[N, C, H, W]` with pixels scaled to 0…1, outputs `logits_exit1`,
/// `logits_exit2` … `[N, K]`, batch normalisation with running statistics, dropout marked but idle. Training and fast
/// inference are rewrites of it.
package struct Model: Sendable {
    package var graph: Graph
    package var parameters: Parameters
    package var metadata: ModelMetadata

    package init(graph: Graph, parameters: Parameters, metadata: ModelMetadata) {
        self.graph = graph
        self.parameters = parameters
        self.metadata = metadata
    }

    package var exitCount: Int { graph.outputs.count }

    /// Name of the graph input.
    package static let inputName = "image"

    /// Name of the output of an exit, counted from 0.
    package static func outputName(exit: Int) -> String { "logits_exit\(exit + 1)" }
}
