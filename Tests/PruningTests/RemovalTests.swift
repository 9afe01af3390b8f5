import Artifacts
import Diagnostics
import Graphs
import ONNXFormat
import Pruning
import ReferenceEngine
import Tensors
import TestSupport
import Testing

/// What is left after channels have gone: sizes, and what it computes.
@Suite struct RemovalTests {
    private static let exact = Tolerance(
        absolute: 1e-12, relative: 1e-12, reason: "the same sums in double precision, but for zeros that are left out")

    /// About every second channel of every group, one at least staying.
    private func half(_ dependencies: ChannelDependencies) -> Set<Int> {
        Set(
            dependencies.groups.filter { $0.obstacle == nil }.enumerated().flatMap { index, group in
                group.channels.enumerated().filter { ($0.offset + index) % 2 == 0 && group.channels.count > 1 }.map(\.element)
            })
    }

    /// The same parameters with everything zero that makes the channels given.
    private func silenced(
        _ removed: Set<Int>, _ graph: Graph, _ dependencies: ChannelDependencies, _ parameters: Parameters
    ) -> Parameters {
        var parameters = parameters
        let roles: [ChannelUse.Role] = [.makes, .filters, .shifts, .normalizes, .scales]
        for axis in Set(dependencies.groups.flatMap { group in roles.flatMap { group.axes($0) } }) {
            let name = graph.name(of: axis.value)
            guard let places = dependencies.axes[axis], var tensor = parameters[name] else { continue }
            let inner = tensor.shape.dimensions[(axis.axis + 1)...].reduce(1, *)
            var scalars = tensor.floats
            for index in scalars.indices where removed.contains(places[index / inner % places.count]) { scalars[index] = 0 }
            tensor.floats = scalars
            parameters[name] = tensor
        }
        return parameters
    }

    private func check(_ graph: Graph, _ parameters: Parameters) throws {
        let dependencies = ChannelDependencies(graph)
        let removed = half(dependencies)
        #expect(!removed.isEmpty)
        let silent = silenced(removed, graph, dependencies, parameters)
        let narrow = try graph.removing(removed, of: dependencies, silent)
        try GraphVerifier.verify(narrow.graph)
        for variable in graph.variables {
            let name = graph.name(of: variable.value)
            for axis in graph.shape(of: variable.value).dimensions.indices {
                let places = dependencies.axes[ChannelAxis(variable.value, axis)]
                let expected = places.map { $0.count { !removed.contains($0) } } ?? graph.shape(of: variable.value)[axis]
                #expect(narrow.parameters[name]?.shape[axis] == expected, "\(name), axis \(axis)")
            }
        }
        #expect(narrow.graph.cost().nodeMACs.reduce(0, +) == ChannelCost(graph, dependencies).macs(without: removed))
        #expect(narrow.graph.cost().parameterCount < graph.cost().parameterCount)
        let before = try SmallNetworks.logits(graph, silent)
        let after = try SmallNetworks.logits(narrow.graph, narrow.parameters)
        #expect(before.keys == after.keys)
        for (exit, logits) in before {
            let mismatch = Self.exact.mismatch(actual: after[exit]!, expected: logits)
            #expect(mismatch == nil, "\(exit): \(mismatch?.description ?? "")")
        }
    }

    @Test(arguments: SmallNetworks.names) func channelsOfZerosAreNotMissed(_ name: String) throws {
        let model = try SmallNetworks.model(name)
        try check(model.graph, model.parameters)
    }

    @Test(arguments: [HandmadeGraph.grouped, HandmadeGraph.squeezed, HandmadeGraph.mixed])
    func norInImportedGraphs(_ make: @Sendable () throws -> Graph) throws {
        let graph = try make()
        try check(graph, HandmadeGraph.contents(of: graph))
    }

    @Test func slicesAndConstantsFollow() throws {
        let graph = try HandmadeGraph.split()
        let dependencies = ChannelDependencies(graph)
        let first = try #require(graph.variables.first { graph.name(of: $0.value) == "first_weight" })
        let places = try #require(dependencies.axes[ChannelAxis(first.value, 0)])
        let inner = try #require(graph.variables.first { graph.name(of: $0.value) == "inner_weight" })
        let made = try #require(dependencies.axes[ChannelAxis(inner.value, 0)])
        let narrow = try graph.removing(
            [places[1], places[3], places[6], made[0], made[4]], of: dependencies, HandmadeGraph.contents(of: graph))
        let ops = narrow.graph.nodes.map(\.op)
        #expect(ops.contains(.channelSlice(start: 0, count: 2)) && ops.contains(.channelSlice(start: 2, count: 2)))
        let shift = try #require(narrow.graph.constants.first { narrow.graph.name(of: $0.key) == "shift" })
        #expect(shift.value == Tensor([1, 5, 1, 1], [1, 2, 3, 6, 7].map { 0.1 * Float($0) }))
    }

    @Test func groupedConvolutionsHaveFewerGroups() throws {
        let graph = try HandmadeGraph.grouped()
        let dependencies = ChannelDependencies(graph)
        let group = try #require(dependencies.groups.first { !$0.nodes(.filters).isEmpty })
        let narrow = try graph.removing([group.channels[2]], of: dependencies, HandmadeGraph.contents(of: graph))
        let groups = narrow.graph.nodes.compactMap { node -> Int? in
            if case .convolution(let attributes) = node.op { return attributes.groups }
            return nil
        }
        #expect(groups == [1, 3, 1])
        #expect(narrow.parameters["grouped_weight"]?.shape == [9, 2, 3, 3])
    }

    @Test func aLayerWithoutChannelsIsRefused() throws {
        let model = try SmallNetworks.model(SmallNetworks.names[0])
        let dependencies = ChannelDependencies(model.graph)
        let group = try #require(dependencies.groups.first { $0.obstacle == nil })
        let error = #expect(throws: ErdeError.self) {
            try model.graph.removing(Set(group.channels), of: dependencies, model.parameters)
        }
        #expect(error?.kind == .badData && error?.problem.contains("no channel") == true)
    }

    @Test(arguments: SmallNetworks.names) func prunedModelsAreWrittenAndReadBack(_ name: String) throws {
        let model = try SmallNetworks.model(name)
        let dependencies = ChannelDependencies(model.graph)
        var recipe = PruningRecipe()
        (recipe.multiple, recipe.minimumWidth) = (1, 1)
        let norms = try WeightImportance.norms(model.parameters, of: model.graph, dependencies, power: 1)
        let full = Double(model.metadata.cumulativeMACs.last ?? 0)
        let selection = try ChannelSelection(to: 0.6 * full, importance: norms, recipe, model.graph, dependencies)
        let pruned = try model.pruned(selection, dependencies)
        #expect(pruned.metadata.cumulativeMACs.last == selection.macs && Double(selection.macs) <= 0.6 * full)
        let read = try ONNXReader.model(from: try ONNXWriter.bytes(of: pruned), name: "pruned.pb")
        #expect(read.firstDifference(from: pruned) == nil)
        // And once more, as any other model.
        let again = ChannelDependencies(read.graph)
        #expect(again.groups.count == dependencies.groups.count)
        _ = try read.pruned(
            try ChannelSelection(
                to: 0.5 * full, importance: [Double](repeating: 1, count: again.count), recipe, read.graph, again), again)
    }
}
