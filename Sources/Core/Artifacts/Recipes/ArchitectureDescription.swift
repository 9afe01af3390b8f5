/// An early-exit network before it is built: a family, the numbers that make one network of it, and where exits stand.
package struct ArchitectureDescription: Hashable, Sendable {
    package enum Family: String, Hashable, Sendable, Codable, CaseIterable {
        /// Pre-activation residual network of basic blocks (He et al., 2016).
        case preresnet
        /// Wide residual network (Zagoruyko and Komodakis, 2016).
        case wrn
        /// Plain 3x3 convolutions with batch normalisation (Simonyan and Zisserman, 2015).
        case vgg
        /// Inverted residuals with linear bottlenecks (Sandler et al., 2018).
        case mobilenetv2
        /// Densely connected network with bottlenecks and compression (Huang et al., 2017).
        case densenet
        /// Multi-scale dense network (Huang et al., 2018).
        case msdnet
    }

    /// What an exit does between the features it reads and its fully connected layer.
    package enum Head: String, Hashable, Sendable, Codable, CaseIterable {
        /// 2x2 average pooling with stride 2 (ERDE).
        case pool2
        /// Average pooling down to 2x2.
        case poolTo2x2
        /// Global average pooling.
        case global
        /// Two 3x3 convolutions of 128 channels with stride 2, then 2x2 average pooling (MSDNet).
        case convolutions
    }

    /// A number, or one for every stage, of which some families are made. Which ones, and their usual values, is the
    /// family's to say.
    package enum Field: String, Hashable, Sendable, CaseIterable {
        /// Channels of each stage.
        case widths
        /// Blocks or layers of each stage.
        case blocks
        /// Stride of each stage's first block.
        case strides
        /// Channels of the first convolution.
        case stem
        /// How many times wider a block is inside than at its ends.
        case expansion
        /// Channels of a 1x1 convolution before the last exit; 0 leaves it out.
        case last
        /// Channels that a layer adds.
        case growth
        /// Width of a bottleneck in growths; 0 leaves bottlenecks out.
        case bottleneck
        /// Percent of the channels that a transition keeps.
        case compression
        /// Layers in all.
        case layers
        /// The layer of the first exit.
        case base
        /// Layers from one exit to the next.
        case step
        /// Resolutions that are carried side by side, each half as fine as the one before.
        case scales
    }

    package var family: Family
    package var fields: [Field: [Int]]
    /// The blocks that an exit follows, counted from 1, ascending; empty where they stand as usual for the family.
    package var exits: [Int]
    package var head: Head
    /// Share of head inputs dropped in training.
    package var headDropout: Double

    package init(family: Family, fields: [Field: [Int]], exits: [Int] = [], head: Head, headDropout: Double) {
        self.family = family
        self.fields = fields
        self.exits = exits
        self.head = head
        self.headDropout = headDropout
    }

    /// A network of stages of equal blocks.
    package init(
        family: Family, widths: [Int], blocks: [Int], stem: Int, head: Head = .pool2, headDropout: Double = 0.5
    ) {
        self.init(
            family: family, fields: [.widths: widths, .blocks: blocks, .stem: [stem]], head: head, headDropout: headDropout)
    }

    /// The numbers of a field, empty where the family has no such field.
    package subscript(field: Field) -> [Int] {
        get { fields[field] ?? [] }
        set { fields[field] = newValue }
    }

    /// The number of a field that holds one, 0 where the family has no such field.
    package subscript(number field: Field) -> Int {
        get { fields[field]?.first ?? 0 }
        set { fields[field] = [newValue] }
    }

    package var widths: [Int] { self[.widths] }
    package var blocks: [Int] { self[.blocks] }
    package var stem: Int { self[number: .stem] }
}
