import Artifacts

/// An image of a completed source.
struct ImageReference: Hashable, Sendable {
    let split: DatasetSplit
    /// Position among the images of the split.
    let index: Int32
    let label: Int32
}
