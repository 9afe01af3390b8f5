import Tensors

extension ChannelGroup {
    /// The group in words: a line for what it is, and one for each kind of layer that it runs through.
    ///
    /// ```
    /// 16 channels made by stem, stage1_block1_conv2
    ///   normalised by stage1_block1_norm1, exit1_norm
    ///   read by stage1_block1_conv1, exit1 (features 0..<64)
    /// ```
    package func text(in graph: Graph) -> String {
        func names(_ role: ChannelUse.Role) -> String {
            var seen: Set<Int> = []
            return uses.filter { $0.role == role && seen.insert($0.node).inserted }.map { use in
                let name = graph.name(of: graph.nodes[use.node].outputs[0])
                let extent = graph.shape(of: use.axis.value)[use.axis.axis]
                let isWhole = use.span == 0..<extent
                return isWhole ? name : "\(name) (\(use.span.lowerBound)..<\(use.span.upperBound) of \(extent))"
            }.joined(separator: ", ")
        }
        let width = width == 1 ? "" : " of \(width)"
        var lines = ["\(channels.count) channels\(width)" + (nodes(.makes).isEmpty ? "" : " made by \(names(.makes))")]
        for (role, verb) in [
            (ChannelUse.Role.filters, "filtered by"), (.normalizes, "normalised by"), (.scales, "scaled by"),
            (.reads, "read by"),
        ] where !nodes(role).isEmpty { lines.append("  \(verb) \(names(role))") }
        if let obstacle { lines.append("  stay: \(obstacle)") }
        return lines.joined(separator: "\n")
    }
}
