import Graphs
import Testing

/// Groups in graphs with operators that our own families do not have.
@Suite struct ImportedGroupTests {
    @Test func aConvolutionInGroupsLosesWholeGroups() throws {
        let graph = try HandmadeGraph.grouped()
        let dependencies = ChannelDependencies(graph)
        #expect(
            dependencies.freeGroups(graph) == [["4", "first", "grouped", "last"], ["5", "last", "", "classifier"]])
        let group = try #require(dependencies.groups.first { !$0.nodes(.filters).isEmpty })
        #expect(group.width == 3)
    }

    @Test func excitationsGoWithTheChannelsTheyScale() throws {
        let graph = try HandmadeGraph.squeezed()
        #expect(
            ChannelDependencies(graph).freeGroups(graph) == [
                ["6", "excite,first", "", "classifier,squeeze"], ["4", "squeeze", "", "excite"],
            ])
    }

    @Test func slicesHaveChannelsOfTheirOwn() throws {
        let graph = try HandmadeGraph.split()
        #expect(
            Set(ChannelDependencies(graph).freeGroups(graph)) == [
                ["3", "first", "", "inner"], ["4", "first", "", "classifier"], ["5", "inner", "", "classifier"],
            ])
    }

    @Test func whatCannotBeFollowedIsNamed() throws {
        let graph = try HandmadeGraph.mixed()
        let dependencies = ChannelDependencies(graph)
        #expect(
            dependencies.freeGroups(graph) == [["6", "first", "", "second"], ["10", "wide", "", "classifier"]])
        let stuck = try #require(
            dependencies.groups.first { $0.nodes(.makes).map { graph.name(of: graph.nodes[$0].outputs[0]) } == ["second"] })
        #expect(stuck.obstacle == "shares (logSoftmax)")
        #expect(stuck.text(in: graph).contains("stay: shares (logSoftmax)"))
    }
}
