extension Graph {
    /// Whether there is a batch normalisation in it, which none has any more in the form for inference.
    package var hasBatchNormalization: Bool {
        nodes.contains { if case .batchNormalization = $0.op { true } else { false } }
    }
}
