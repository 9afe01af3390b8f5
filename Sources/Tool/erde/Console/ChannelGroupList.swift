import Artifacts
import Graphs

/// Which channels of a network can only be removed together, for people and programs.
struct ChannelGroupList: Encodable {
    struct Group: Encodable {
        /// Channels that can be removed one by one, each from all layers below.
        let channels: Int
        /// Channels of a layer that go with each.
        let width: Int
        /// Names of the operators, by what they do with the channels.
        let layers: [String: [String]]
        /// Why they must stay; nil where they may go.
        let obstacle: String?
    }

    let groups: [Group]
    /// MACs of the whole network.
    let macs: Int
    let text: String

    private enum CodingKeys: CodingKey {
        case groups
        case macs
    }

    init(_ graph: Graph) {
        let dependencies = ChannelDependencies(graph)
        groups = dependencies.groups.map { group in
            let layers = ChannelUse.Role.allCases.map { role in
                (role.rawValue, group.nodes(role).map { graph.name(of: graph.nodes[$0].outputs[0]) })
            }
            return Group(
                channels: group.channels.count, width: group.width,
                layers: Dictionary(uniqueKeysWithValues: layers.filter { !$0.1.isEmpty }), obstacle: group.obstacle)
        }
        macs = graph.cost().cumulativeMACs.last ?? 0
        let free = dependencies.groups.filter { $0.obstacle == nil }
        let stuck = dependencies.groups.filter { $0.obstacle != nil }
        text =
            (free + stuck).map { $0.text(in: graph) }.joined(separator: "\n")
            + "\n\n\(free.count) groups of \(groupedText(free.reduce(0) { $0 + $1.channels.count })) channels may be pruned"
    }
}
