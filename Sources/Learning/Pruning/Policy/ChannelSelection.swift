package import Artifacts
package import Diagnostics
package import Graphs
import Tensors

/// Which coupled channels are removed to come down to a number of MACs.
package struct ChannelSelection: Sendable {
    /// Coupled channels to remove.
    package let removed: Set<Int>
    /// MACs of one image through what is left.
    package let macs: Int

    /// Removes the least important channels until the network costs at most `targetMACs`.
    ///
    /// Channels are ranked within their pool (all, those of one map size, or those of one group), every pool loses the same
    /// share, and each group is then brought up to the next width that it may have; the smallest share that reaches the
    /// target is taken.
    ///
    /// - Parameters:
    ///   - importance: by coupled channel.
    ///   - graph: whose channels they are.
    ///   - fullWidths: what the groups' narrowest widths are reckoned from, by their keys; nil takes them as they are.
    /// - Throws: `ErdeError` of kind `usage` for a target that the narrowest permitted widths do not reach, naming the
    ///   smallest one in reach; `badData` for an importance that is no number.
    package init(
        to targetMACs: Double, importance: [Double], _ recipe: PruningRecipe, _ graph: Graph,
        _ dependencies: ChannelDependencies, fullWidths: [String: Int]? = nil
    ) throws(ErdeError) {
        let groups = dependencies.groups.filter { $0.obstacle == nil && (recipe.prunesShared || $0.isMadeAlone) }
        let cost = ChannelCost(graph, dependencies)
        let worth = try Self.normalized(importance, recipe.normalization, groups, cost)
        let ranked = groups.map { group in
            RankedGroup(
                group, pool: Self.pool(of: group, recipe.scope, graph),
                channels: group.channels.sorted { (worth[$0], $0) < (worth[$1], $1) },
                full: fullWidths?[group.key(in: graph)] ?? group.channels.count * group.width, recipe)
        }
        let pools = Dictionary(grouping: ranked.flatMap { group in group.channels.map { (group.pool, $0) } }, by: \.0)
            .mapValues { $0.map(\.1).sorted { (worth[$0], $0) < (worth[$1], $1) } }
        let largest = pools.values.map(\.count).max() ?? 0

        func removal(_ share: Int) -> Set<Int> {
            var wanted: Set<Int> = []
            for pool in pools.values { wanted.formUnion(pool.prefix(pool.count * share / max(1, largest))) }
            return ranked.reduce(into: []) { $0.formUnion($1.permitted(wanted)) }
        }
        var (low, high) = (0, largest)
        let least = cost.macs(without: removal(largest))
        guard Double(least) <= targetMACs else {
            throw ErdeError(
                .usage, "prunedMACs",
                "\(macsText(targetMACs)) are out of reach: with the narrowest permitted widths the network costs "
                    + "\(macsText(Double(least)))",
                remedy: "choose at least \(macsText(atLeast: Double(least))), a smaller --min-width, or --multiple 1")
        }
        while low < high {
            let middle = (low + high) / 2
            if Double(cost.macs(without: removal(middle))) <= targetMACs { high = middle } else { low = middle + 1 }
        }
        let chosen = removal(low)
        removed = Self.givingBack(ranked, to: targetMACs, worth, cost, chosen, keepsShares: recipe.scope != .global)
        macs = cost.macs(without: removed)
    }

    /// Widths come in steps, so that the last channels to go may have taken the network far below its target: puts back the
    /// most important steps that still fit.
    ///
    /// - Parameter keepsShares: puts back one step of each group at most, so that the pools' shares stay about equal.
    private static func givingBack(
        _ groups: [RankedGroup], to targetMACs: Double, _ worth: [Double], _ cost: ChannelCost, _ chosen: Set<Int>,
        keepsShares: Bool
    ) -> Set<Int> {
        var removed = chosen
        var open = groups
        while true {
            let steps = open.map { ($0, $0.lastStep(removed)) }.filter { !$0.1.isEmpty }
            func mean(_ step: [Int]) -> Double { step.reduce(0) { $0 + worth[$1] } / Double(step.count) }
            guard let (group, step) = steps.max(by: { (mean($0.1), $0.1[0]) < (mean($1.1), $1.1[0]) }) else { return removed }
            let fits = Double(cost.macs(without: removed.subtracting(step))) <= targetMACs
            if fits { removed.subtract(step) }
            if !fits || keepsShares { open.removeAll { $0.channels == group.channels } }
        }
    }

    /// Checks that a number of MACs can be come down to at all.
    ///
    /// - Throws: `ErdeError` of kind `usage` for a target that the narrowest permitted widths do not reach, naming the
    ///   smallest one in reach, and for one that asks for nothing to be removed.
    package static func requireReach(_ targetMACs: Double, _ recipe: PruningRecipe, _ graph: Graph) throws(ErdeError) {
        let full = graph.cost().cumulativeMACs.last ?? 0
        guard targetMACs < Double(full) else {
            throw ErdeError(
                .usage, "prunedMACs", "\(macsText(targetMACs)) is not less than the \(macsText(Double(full))) of the network",
                remedy: "choose less, for example 50%")
        }
        let dependencies = ChannelDependencies(graph)
        let nothing = [Double](repeating: 0, count: dependencies.count)
        _ = try ChannelSelection(to: targetMACs, importance: nothing, recipe, graph, dependencies)
    }

    /// A group with its channels by ascending worth.
    private struct RankedGroup {
        let pool: [Int]
        let channels: [Int]
        private let widths: PermittedWidths

        init(_ group: ChannelGroup, pool: [Int], channels: [Int], full: Int, _ recipe: PruningRecipe) {
            self.pool = pool
            self.channels = channels
            widths = PermittedWidths(full: full, channels: channels.count, width: group.width, recipe)
        }

        /// The most important of the removed channels, as many as bring the group to the next permitted width.
        func lastStep(_ removed: Set<Int>) -> [Int] {
            let gone = channels.filter(removed.contains)
            let kept = channels.count - gone.count
            return gone.isEmpty ? [] : Array(gone.suffix(widths.atLeast(kept + 1) - kept))
        }

        /// The least important channels, at most as many as are wanted, that leave a permitted width.
        func permitted(_ wanted: Set<Int>) -> ArraySlice<Int> {
            let kept = channels.count { !wanted.contains($0) }
            return channels.prefix(channels.count - widths.atLeast(kept))
        }
    }

    /// What a group is ranked together with.
    private static func pool(of group: ChannelGroup, _ scope: PruningRecipe.Scope, _ graph: Graph) -> [Int] {
        switch scope {
        case .global: return []
        case .group: return [group.channels[0]]
        case .stage:
            guard let maker = (group.nodes(.makes) + group.nodes(.filters)).min() else { return [] }
            return Array(graph.shape(of: graph.nodes[maker].outputs[0]).dimensions.dropFirst(2))
        }
    }

    private static func normalized(
        _ importance: [Double], _ normalization: PruningRecipe.Normalization, _ groups: [ChannelGroup], _ cost: ChannelCost
    ) throws(ErdeError) -> [Double] {
        for group in groups {
            for channel in group.channels where !importance[channel].isFinite {
                throw ErdeError(
                    .badData, "importance", "of a channel is \(importance[channel])",
                    remedy: "train the model again with a smaller learning rate")
            }
        }
        var worth = importance
        switch normalization {
        case .none: break
        case .mean:
            for group in groups {
                let mean = group.channels.reduce(0) { $0 + importance[$1] } / Double(group.channels.count)
                for channel in group.channels where mean > 0 { worth[channel] /= mean }
            }
        case .macs:
            let saved = cost.macsPerChannel()
            for group in groups {
                for channel in group.channels where saved[channel] > 0 { worth[channel] /= saved[channel] }
            }
        }
        return worth
    }
}
