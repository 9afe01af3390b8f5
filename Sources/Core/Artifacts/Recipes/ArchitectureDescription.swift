/// An early-exit network before it is built: an exit after every stage.
package struct ArchitectureDescription: Hashable, Sendable, Codable {
    package enum Family: String, Hashable, Sendable, Codable, CaseIterable {
        /// Pre-activation residual network of basic blocks (He et al., 2016).
        case preresnet
        /// Wide residual network (Zagoruyko and Komodakis, 2016).
        case wrn
    }

    /// What an exit does between the stage's output and its fully connected layer.
    package enum Head: String, Hashable, Sendable, Codable, CaseIterable {
        /// 2x2 average pooling with stride 2 (ERDE).
        case pool2
        /// Average pooling down to 2x2.
        case poolTo2x2
        /// Global average pooling.
        case global
    }

    package var family: Family
    /// Channels of each stage.
    package var widths: [Int]
    /// Residual blocks of each stage.
    package var blocks: [Int]
    /// Channels of the first convolution.
    package var stem: Int
    package var head: Head
    /// Share of head inputs dropped in training.
    package var headDropout: Double

    package init(
        family: Family, widths: [Int], blocks: [Int], stem: Int, head: Head = .pool2, headDropout: Double = 0.5
    ) {
        self.family = family
        self.widths = widths
        self.blocks = blocks
        self.stem = stem
        self.head = head
        self.headDropout = headDropout
    }
}
