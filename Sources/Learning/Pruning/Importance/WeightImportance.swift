package import Diagnostics
package import Graphs
import Tensors

/// What coupled channels are worth, by their weights alone.
package enum WeightImportance {
    /// By coupled channel, the sum over all weights that make, filter or read it.
    ///
    /// - `power` 1 sums `|w|` (Li et al., "Pruning Filters for Efficient ConvNets", 2017, over a whole group); 2 takes
    ///   the root of the sum of `w²`.
    /// - Throws: `ErdeError` of kind `badData` for weights that are no numbers.
    package static func norms(
        _ parameters: Parameters, of graph: Graph, _ dependencies: ChannelDependencies, power: Int
    ) throws(ErdeError) -> [Double] {
        var sums = [Double](repeating: 0, count: dependencies.count)
        for axis in axes(dependencies, [.makes, .filters, .reads]) {
            try add(axis, parameters, graph, dependencies, to: &sums) { power == 1 ? abs($0) : $0 * $0 }
        }
        return power == 1 ? sums : sums.map { $0.squareRoot() }
    }

    /// By coupled channel, the sum of `|scale|` of the batch normalisations that it passes (Liu et al., "Network Slimming",
    /// 2017). Channels of groups without any have their L2 norm, as a share of the mean of their group, times the mean scale
    /// of all that have one. Channels that cannot be removed count nowhere and have 0.
    ///
    /// - Throws: `ErdeError` of kind `badData` for scales that are no numbers.
    package static func normScales(
        _ parameters: Parameters, of graph: Graph, _ dependencies: ChannelDependencies
    ) throws(ErdeError) -> [Double] {
        var sums = [Double](repeating: 0, count: dependencies.count)
        let scales = Set(
            graph.nodes.compactMap { node -> Value? in
                if case .batchNormalization = node.op { return node.inputs[1] }
                return nil
            })
        for axis in axes(dependencies, [.normalizes]) where scales.contains(axis.value) {
            try add(axis, parameters, graph, dependencies, to: &sums, abs)
        }
        let prunable = dependencies.groups.filter { $0.obstacle == nil }
        let normalized = prunable.filter { !$0.nodes(.normalizes).isEmpty }
        let members = normalized.flatMap(\.channels)
        let typical = members.reduce(0) { $0 + sums[$1] } / Double(max(1, members.count))
        let norms = try norms(parameters, of: graph, dependencies, power: 2)
        for group in prunable where group.nodes(.normalizes).isEmpty {
            let mean = group.channels.reduce(0) { $0 + norms[$1] } / Double(group.channels.count)
            for channel in group.channels { sums[channel] = mean > 0 ? typical * norms[channel] / mean : 0 }
        }
        return sums
    }

    /// Axes used in some roles by groups that may be pruned, each once, in order.
    private static func axes(_ dependencies: ChannelDependencies, _ roles: [ChannelUse.Role]) -> [ChannelAxis] {
        var seen: Set<ChannelAxis> = []
        return dependencies.groups.filter { $0.obstacle == nil }.flatMap { group in
            roles.flatMap { group.axes($0) }.filter { seen.insert($0).inserted }
        }
    }

    /// Adds a term for every element of a variable to the channel that it lies in along an axis.
    private static func add(
        _ axis: ChannelAxis, _ parameters: Parameters, _ graph: Graph, _ dependencies: ChannelDependencies,
        to sums: inout [Double], _ term: (Double) -> Double
    ) throws(ErdeError) {
        let name = graph.name(of: axis.value)
        guard let tensor = parameters[name] ?? graph.constants[axis.value], let places = dependencies.axes[axis] else { return }
        let inner = tensor.shape.dimensions[(axis.axis + 1)...].reduce(1, *)
        for (index, scalar) in tensor.floats.enumerated() {
            guard scalar.isFinite else {
                throw ErdeError(
                    .badData, name, "has the weight \(scalar), by which no channel can be judged",
                    remedy: "train the model again with a smaller learning rate")
            }
            sums[places[index / inner % places.count]] += term(Double(scalar))
        }
    }
}
