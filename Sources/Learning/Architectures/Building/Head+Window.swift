import Artifacts

extension ArchitectureDescription.Head {
    /// The pooling window along an axis of the given extent.
    ///
    /// An axis of one pixel is left as it is. Pooling to 2x2 of an odd extent uses two windows that share the middle.
    func window(over extent: Int) -> (kernel: Int, stride: Int, count: Int) {
        switch self {
        case .pool2, .convolutions: extent < 2 ? (1, 1, extent) : (2, 2, extent / 2)
        case .poolTo2x2: extent < 2 ? (1, 1, extent) : (extent - extent / 2, extent / 2, 2)
        case .global: (extent, extent, 1)
        }
    }
}
