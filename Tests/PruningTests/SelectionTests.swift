import Architectures
import Artifacts
import Diagnostics
import Graphs
import Pruning
import Tensors
import TestSupport
import Testing

/// Which channels go, given what they are worth.
@Suite struct SelectionTests {
    private static let wide = "preresnet:widths=32,48:blocks=1,1"

    private func widths(_ graph: Graph) -> [Int] {
        ChannelDependencies(graph).groups.filter { $0.obstacle == nil }.map { $0.channels.count * $0.width }
    }

    private func pruned(
        _ name: String, to share: Double, _ change: (inout PruningRecipe) -> Void = { _ in },
        importance: (Int) -> Double = { Double(($0 * 7919) % 1000) }
    ) throws -> (before: Model, after: Model) {
        let model = try SmallNetworks.model(name)
        var recipe = PruningRecipe()
        change(&recipe)
        let dependencies = ChannelDependencies(model.graph)
        let full = Double(model.metadata.cumulativeMACs.last!)
        let selection = try ChannelSelection(
            to: share * full, importance: (0..<dependencies.count).map(importance), recipe, model.graph, dependencies)
        return (model, try model.pruned(selection, dependencies))
    }

    @Test func widthsAreMultiplesOfEight() throws {
        for share in [0.9, 0.6, 0.35] {
            let (before, after) = try pruned(Self.wide, to: share)
            #expect(widths(before.graph) == [32, 32, 48, 48])
            #expect(widths(after.graph).allSatisfy { $0 % 8 == 0 && $0 >= 8 }, "\(widths(after.graph))")
            let macs = try #require(after.metadata.cumulativeMACs.last)
            #expect(Double(macs) <= share * Double(before.metadata.cumulativeMACs.last!))
            #expect(after.graph.cost().cumulativeMACs == after.metadata.cumulativeMACs)
        }
        let (_, free) = try pruned(Self.wide, to: 0.6) { $0.multiple = 1 }
        #expect(!widths(free.graph).allSatisfy { $0 % 8 == 0 })
    }

    @Test func theLeastImportantGoFirst() throws {
        // Channels of the second half of the numbers are worth more, by far.
        let (before, after) = try pruned(
            "vgg:widths=16,16:blocks=1,1", to: 0.7, { ($0.multiple, $0.minimumWidth) = (1, 1) },
            importance: { Double($0) })
        let kept = try #require(after.parameters["stage1_block1_conv_weight"])
        let all = try #require(before.parameters["stage1_block1_conv_weight"])
        let rows = kept.shape[0]
        #expect(rows < 16)
        #expect(Array(all.floats.suffix(kept.shape.count)) == kept.floats, "the last \(rows) channels stay")
    }

    @Test func everyScopeReachesTheTarget() throws {
        for scope in PruningRecipe.Scope.allCases {
            for normalization in PruningRecipe.Normalization.allCases {
                let (before, after) = try pruned(Self.wide, to: 0.5) {
                    ($0.scope, $0.normalization, $0.multiple) = (scope, normalization, 1)
                }
                let (macs, full) = (after.metadata.cumulativeMACs.last!, before.metadata.cumulativeMACs.last!)
                #expect(2 * macs <= full && 5 * macs > 2 * full, "\(scope), \(normalization): \(macs) of \(full)")
                guard scope == .group else { continue }
                for (narrow, wide) in zip(widths(after.graph), widths(before.graph)) {
                    #expect(abs(Double(narrow) / Double(wide) - 0.7) < 0.08, "each group loses the same share")
                }
            }
        }
    }

    @Test func nothingGoesThatNeedNot() throws {
        for share in [0.9, 0.7, 0.5, 0.35] {
            let (before, after) = try pruned("preresnet:widths=16,32:blocks=2,2", to: share)
            let goal = share * Double(before.metadata.cumulativeMACs.last!)
            let macs = Double(after.metadata.cumulativeMACs.last!)
            #expect(macs <= goal && macs > 0.75 * goal, "\(macs) for \(goal)")
        }
    }

    @Test func sharedChannelsStayOnRequest() throws {
        let (_, after) = try pruned(Self.wide, to: 0.6) { $0.prunesShared = false }
        let widths = widths(after.graph)
        #expect(widths[0] == 32 && widths[3] == 48 && widths[1] < 32 && widths[2] < 48)
    }

    @Test(arguments: SmallNetworks.names) func aTargetOutOfReachNamesTheSmallest(_ name: String) throws {
        let model = try SmallNetworks.model(name)
        let recipe = PruningRecipe()
        let error = try #require(throws: ErdeError.self) { try ChannelSelection.requireReach(10, recipe, model.graph) }
        #expect(error.kind == .usage && error.problem.contains("the network costs"))
        // What it names can be reached, and a MAC less cannot.
        var (low, high) = (10, model.metadata.cumulativeMACs.last! - 1)
        while low < high {
            let middle = (low + high) / 2
            if (try? ChannelSelection.requireReach(Double(middle), recipe, model.graph)) != nil {
                high = middle
            } else {
                low = middle + 1
            }
        }
        #expect(error.problem.contains(macsText(Double(low))), "\(low): \(error.problem)")
    }

    @Test func nothingToRemoveIsAnError() throws {
        let model = try SmallNetworks.model(Self.wide)
        let full = Double(model.metadata.cumulativeMACs.last!)
        let error = try #require(throws: ErdeError.self) {
            try ChannelSelection.requireReach(full, PruningRecipe(), model.graph)
        }
        #expect(error.kind == .usage && error.problem.contains("not less than"))
    }

    @Test func weightsThatAreNoNumbersAreRefused() throws {
        var model = try SmallNetworks.model(Self.wide)
        var scalars = model.parameters["stem_weight"]!.floats
        scalars[3] = .nan
        model.parameters["stem_weight"]!.floats = scalars
        let dependencies = ChannelDependencies(model.graph)
        let error = try #require(throws: ErdeError.self) {
            try WeightImportance.norms(model.parameters, of: model.graph, dependencies, power: 2)
        }
        #expect(error.kind == .badData && error.subject == "stem_weight")
        #expect(throws: ErdeError.self) { try model.requireNumbers() }
        #expect(throws: ErdeError.self) {
            try ChannelSelection(
                to: 1e5, importance: [Double](repeating: .nan, count: dependencies.count), PruningRecipe(), model.graph,
                dependencies)
        }
    }

    @Test func normsAreThoseOfAllLayersOfAGroup() throws {
        var network = HandmadeGraph()
        let x = try network.convolution(network.image, "first", channels: 2)
        let graph = try network.finished(try network.convolution(x, "second", channels: 2))
        var parameters = HandmadeGraph.contents(of: graph)
        parameters["first_weight"] = Tensor([2, 2, 3, 3], (0..<36).map { Float($0 < 18 ? 1 : -2) })
        parameters["second_weight"] = Tensor([2, 2, 3, 3], (0..<36).map { Float($0 / 9 % 2 == 0 ? 3 : -4) })
        let dependencies = ChannelDependencies(graph)
        let group = try #require(dependencies.groups.first { $0.obstacle == nil })
        // 18 weights make each channel, 18 read it.
        let l1 = try WeightImportance.norms(parameters, of: graph, dependencies, power: 1)
        #expect(group.channels.map { l1[$0] } == [72, 108])
        let l2 = try WeightImportance.norms(parameters, of: graph, dependencies, power: 2)
        let squares: [Double] = [180, 360]
        for (channel, square) in zip(group.channels, squares) { #expect(abs(l2[channel] - square.squareRoot()) < 1e-9) }
    }

    @Test func scalesAreThoseOfTheNormalisationsPassed() throws {
        let model = try SmallNetworks.model("vgg:widths=5,4:blocks=1,1")
        let dependencies = ChannelDependencies(model.graph)
        let scales = try WeightImportance.normScales(model.parameters, of: model.graph, dependencies)
        let group = try #require(dependencies.groups.first { $0.obstacle == nil })
        let expected = try #require(model.parameters["stage1_block1_norm_scale"]).floats.map { Double(abs($0)) }
        #expect(group.channels.map { scales[$0] } == expected)
    }

    /// Beside a group with a normalisation one without, and the image's own channels, which cannot be removed.
    @Test func channelsWithoutNormalisationHaveTheMeanScale() throws {
        func normalized(_ x: Value, _ name: String, _ network: inout HandmadeGraph) throws -> Value {
            let leaves = ["scale", "bias", "mean", "variance"].map {
                network.builder.variable(
                    "\(name)_\($0)", [2], role: $0 == "scale" || $0 == "bias" ? .bias : .statistic)
            }
            return try network.builder.apply(.batchNormalization(BatchNormalizationAttributes()), [x] + leaves, name: name)[0]
        }
        var network = HandmadeGraph()
        let image = try normalized(network.image, "image_norm", &network)
        let first = try normalized(try network.convolution(image, "first", channels: 2), "norm", &network)
        let graph = try network.finished(try network.convolution(first, "second", channels: 2))
        var parameters = HandmadeGraph.contents(of: graph)
        parameters["norm_scale"] = Tensor([2], [1, -7] as [Float])
        parameters["second_weight"] = Tensor([2, 2, 3, 3], (0..<36).map { Float($0 < 18 ? 1 : -3) })
        parameters["classifier_weight"] = Tensor(repeating: 0, [3, 72])
        let dependencies = ChannelDependencies(graph)
        #expect(dependencies.groups.contains { $0.obstacle != nil && !$0.nodes(.normalizes).isEmpty })
        func group(_ weight: String) throws -> ChannelGroup {
            try #require(
                dependencies.groups.first { group in
                    group.axes(.makes).contains { graph.name(of: $0.value) == weight }
                })
        }
        let scales = try WeightImportance.normScales(parameters, of: graph, dependencies)
        #expect(try group("first_weight").channels.map { scales[$0] } == [1, 7])
        // The mean scale is 4, and the norms are a half and three halves of their mean.
        let second = try group("second_weight")
        #expect(second.obstacle == nil)
        for (channel, expected) in zip(second.channels, [2.0, 6.0]) { #expect(abs(scales[channel] - expected) < 1e-9) }
    }
}
