/// How a pooling window moves over its input.
package struct PoolAttributes: Hashable, Sendable {
    package var kernel: Extent
    package var strides: Extent
    package var padding: Padding
    /// Average pooling only: whether padded places count in the divisor.
    package var countsPadding: Bool

    package init(kernel: Extent, strides: Extent, padding: Padding = .none, countsPadding: Bool = false) {
        self.kernel = kernel
        self.strides = strides
        self.padding = padding
        self.countsPadding = countsPadding
    }
}
