import Graphs

/// A foreign graph in erde's operators.
struct LoweredGraph {
    /// Holds the graph, without outputs yet.
    var builder: GraphBuilder
    let parameters: Parameters
    /// The file's outputs, in order.
    let outputs: [(name: String, binding: Binding)]
}
