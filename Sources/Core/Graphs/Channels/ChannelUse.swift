/// What one operator does with the channels of a group, and where they lie in its variable.
package struct ChannelUse: Hashable, Sendable {
    package enum Role: String, Hashable, Sendable, Codable, CaseIterable {
        /// A convolution or fully connected layer whose results they are: axis 0 of its weight.
        case makes
        /// A convolution in groups, which gives channels of the same group on: axis 0 of its weight.
        case filters
        /// The bias of one of these.
        case shifts
        /// A batch normalisation: its scale, bias, mean and variance.
        case normalizes
        /// An elementwise operator with a variable or constant.
        case scales
        /// A convolution or fully connected layer that takes them in: axis 1 of its weight.
        case reads
    }

    package let role: Role
    /// Index of the operator in the graph.
    package let node: Int
    package let axis: ChannelAxis
    /// From the first place along the axis to behind the last one; other groups may lie between.
    package let span: Range<Int>
}
