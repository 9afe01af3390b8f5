/// Channels that the same layers make and read, so that each of them is removed from all of these or from none.
package struct ChannelGroup: Hashable, Sendable {
    /// Coupled channels, as `ChannelDependencies` numbers them.
    package let channels: [Int]
    /// How many channels of a layer go with each of them: 1, but in a convolution in groups all of one of its groups.
    package let width: Int
    /// In the order of the graph.
    package let uses: [ChannelUse]
    /// Why none may be removed; nil where they may.
    package let obstacle: String?

    /// Indices of the operators with a role.
    package func nodes(_ role: ChannelUse.Role) -> [Int] {
        var seen: Set<Int> = []
        return uses.filter { $0.role == role && seen.insert($0.node).inserted }.map(\.node)
    }

    /// Axes used in a role, each once.
    package func axes(_ role: ChannelUse.Role) -> [ChannelAxis] {
        var seen: Set<ChannelAxis> = []
        return uses.filter { $0.role == role && seen.insert($0.axis).inserted }.map(\.axis)
    }

    /// A name that stays when channels are removed: the variables that they lie in.
    package func key(in graph: Graph) -> String {
        uses.map { "\(graph.name(of: $0.axis.value)).\($0.axis.axis)" }.joined(separator: " ")
    }

    /// Whether a single layer makes them and nothing else shares their fate: the channels inside a block.
    package var isMadeAlone: Bool { nodes(.makes).count == 1 && nodes(.filters).isEmpty }
}
