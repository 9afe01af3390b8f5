import Graphs

extension Model {
    /// Whether parts of it compute with bytes.
    package var isQuantized: Bool {
        graph.nodes.contains { if case .dequantize = $0.op { true } else { false } }
    }
}
