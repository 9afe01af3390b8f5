import Tensors

/// Which channels of a network can only be removed together, found from its graph alone.
///
/// Along axis 1 of every image or row value, and along the axes of variables and constants that hold one number or more for
/// each channel, every place belongs to a *coupled channel*. An addition couples the channels of its operands one by one;
/// batch normalisation, activations and pooling pass them on; a concatenation puts them behind one another; a convolution in
/// groups couples what goes in and out of each of its groups; flattening `[C,H,W]` gives each channel `H·W` features.
/// Channels of the input, of the outputs, and of operators through which they cannot be followed have an obstacle.
///
/// After the dependency graph of Fang et al., "DepGraph: Towards Any Structural Pruning", 2023; here by channel rather than by
/// layer, so that offsets need no bookkeeping.
package struct ChannelDependencies: Sendable {
    /// The coupled channel at each place of an axis of a variable or constant.
    package let axes: [ChannelAxis: [Int]]
    /// By value id, the coupled channel at each place of axis 1; empty for variables, constants and vectors.
    package let channels: [[Int]]
    /// Number of coupled channels.
    package let count: Int
    /// In the order of the layers that make them; every coupled channel that lies in a variable is in exactly one.
    package let groups: [ChannelGroup]

    /// - Parameter graph: in canonical form.
    package init(_ graph: Graph) {
        var tracing = ChannelTracing(graph)
        tracing.traceAll()
        (axes, channels, count) = tracing.numbered()
        groups = Self.groups(graph, axes, obstacles: tracing.numberedObstacles)
    }

    /// Gathers coupled channels that lie in the same axes.
    private static func groups(
        _ graph: Graph, _ axes: [ChannelAxis: [Int]], obstacles: [Int: String]
    ) -> [ChannelGroup] {
        var order: [Int] = []
        var places: [Int: [PlacedUse]] = [:]
        for (index, node) in graph.nodes.enumerated() {
            for (position, operand) in node.inputs.enumerated() {
                for axis in graph.shape(of: operand).dimensions.indices {
                    let key = ChannelAxis(operand, axis)
                    guard let members = axes[key], let role = node.op.channelRole(operand: position, axis: axis) else {
                        continue
                    }
                    for (place, channel) in members.enumerated() {
                        if places[channel] == nil { order.append(channel) }
                        places[channel, default: []].add(PlacedUse(role: role, node: index, axis: key, place: place))
                    }
                }
            }
        }
        struct Signature: Hashable {
            let uses: [[Int]]
            let obstacle: String?
        }
        var members: [Signature: [Int]] = [:]
        var signatures: [Signature] = []
        for channel in order {
            let signature = Signature(uses: places[channel]!.map(\.signature), obstacle: obstacles[channel])
            if members[signature] == nil { signatures.append(signature) }
            members[signature, default: []].append(channel)
        }
        return signatures.map { signature in
            let channels = members[signature]!
            let uses = places[channels[0]]!.indices.map { index -> ChannelUse in
                let all = channels.map { places[$0]![index] }
                let first = all[0]
                return ChannelUse(
                    role: first.role, node: first.node, axis: first.axis,
                    span: all.map(\.first).min()!..<all.map(\.last).max()! + 1)
            }
            let made = places[channels[0]]!.filter { $0.role == .makes || $0.role == .filters }
            return ChannelGroup(
                channels: channels, width: made.map(\.count).max() ?? 1, uses: uses, obstacle: signature.obstacle)
        }
    }

    /// Where a coupled channel lies along one operand of one operator.
    fileprivate struct PlacedUse {
        let role: ChannelUse.Role
        let node: Int
        let axis: ChannelAxis
        let first: Int
        var last: Int
        var count = 1

        init(role: ChannelUse.Role, node: Int, axis: ChannelAxis, place: Int) {
            (self.role, self.node, self.axis, first, last) = (role, node, axis, place, place)
        }

        func isSameOperand(as other: PlacedUse) -> Bool { node == other.node && axis == other.axis && role == other.role }

        var signature: [Int] { [node, axis.value.id, axis.axis, count] }
    }
}

extension [ChannelDependencies.PlacedUse] {
    /// Adds a place; several along one operand are one use.
    fileprivate mutating func add(_ use: Element) {
        if let index = indices.last, self[index].isSameOperand(as: use) {
            self[index].last = use.first
            self[index].count += 1
        } else {
            append(use)
        }
    }
}
