import Architectures
import Artifacts
import Graphs
import Tensors
import TestSupport
import Testing

/// Channels that must go together, written down by hand from the papers' block diagrams.
@Suite struct GroupTests {
    private func groups(_ name: String) throws -> Set<[String]> {
        let graph = try SmallNetworks.model(name).graph
        return Set(ChannelDependencies(graph).freeGroups(graph))
    }

    @Test func residualNetworksShareAStagesChannels() throws {
        #expect(
            try groups("preresnet:widths=5,7:blocks=2,1:exits=1,3") == [
                [
                    "5", "stage1_block1_conv2,stage1_block2_conv2,stem", "",
                    "logits_exit1,stage1_block1_conv1,stage1_block2_conv1,stage2_block1_conv1,stage2_block1_shortcut",
                ],
                ["5", "stage1_block1_conv1", "", "stage1_block1_conv2"], ["5", "stage1_block2_conv1", "", "stage1_block2_conv2"],
                ["7", "stage2_block1_conv1", "", "stage2_block1_conv2"],
                ["7", "stage2_block1_conv2,stage2_block1_shortcut", "", "logits_exit2"],
            ])
        #expect(
            try groups("wrn:widths=5,6:blocks=1,1:stem=3:head=poolTo2x2") == [
                ["3", "stem", "", "stage1_block1_conv1,stage1_block1_shortcut"],
                ["5", "stage1_block1_conv1", "", "stage1_block1_conv2"],
                [
                    "5", "stage1_block1_conv2,stage1_block1_shortcut", "",
                    "logits_exit1,stage2_block1_conv1,stage2_block1_shortcut",
                ],
                ["6", "stage2_block1_conv1", "", "stage2_block1_conv2"],
                ["6", "stage2_block1_conv2,stage2_block1_shortcut", "", "logits_exit2"],
            ])
    }

    @Test func plainNetworksPassChannelsThroughPooling() throws {
        #expect(
            try groups("vgg:widths=5,7,3:blocks=1,2,1") == [
                ["5", "stage1_block1_conv", "", "logits_exit1,stage2_block1_conv"],
                ["7", "stage2_block1_conv", "", "stage2_block2_conv"],
                ["7", "stage2_block2_conv", "", "logits_exit2,stage3_block1_conv"],
                ["3", "stage3_block1_conv", "", "logits_exit3"],
            ])
    }

    @Test func depthwiseConvolutionsGoWithWhatTheyFilter() throws {
        #expect(
            try groups("mobilenetv2:widths=3,5,5:blocks=1,2,1:stem=5:last=11") == [
                ["5", "stem_conv", "stage1_block1_depthwise_conv", "stage1_block1_project_conv"],
                ["3", "stage1_block1_project_conv", "", "logits_exit1,stage2_block1_expand_conv"],
                ["18", "stage2_block1_expand_conv", "stage2_block1_depthwise_conv", "stage2_block1_project_conv"],
                [
                    "5", "stage2_block1_project_conv,stage2_block2_project_conv", "",
                    "logits_exit2,stage2_block2_expand_conv,stage3_block1_expand_conv",
                ],
                ["30", "stage2_block2_expand_conv", "stage2_block2_depthwise_conv", "stage2_block2_project_conv"],
                ["30", "stage3_block1_expand_conv", "stage3_block1_depthwise_conv", "stage3_block1_project_conv"],
                ["5", "stage3_block1_project_conv", "", "last_conv"], ["11", "last_conv", "", "logits_exit3"],
            ])
    }

    @Test func concatenationsKeepTheirPartsApart() throws {
        #expect(
            try groups("densenet:blocks=2,1:growth=3") == [
                ["6", "stem", "", "logits_exit1,stage1_block1_conv1,stage1_block2_conv1,transition1_conv"],
                ["12", "stage1_block1_conv1", "", "stage1_block1_conv2"],
                ["3", "stage1_block1_conv2", "", "logits_exit1,stage1_block2_conv1,transition1_conv"],
                ["12", "stage1_block2_conv1", "", "stage1_block2_conv2"],
                ["3", "stage1_block2_conv2", "", "logits_exit1,transition1_conv"],
                ["6", "transition1_conv", "", "logits_exit2,stage2_block1_conv1"],
                ["12", "stage2_block1_conv1", "", "stage2_block1_conv2"], ["3", "stage2_block1_conv2", "", "logits_exit2"],
            ])
        let graph = try SmallNetworks.model("densenet:blocks=2,1:growth=3").graph
        let last = try #require(
            ChannelDependencies(graph).groups.first {
                $0.nodes(.makes).map { graph.name(of: graph.nodes[$0].outputs[0]) } == ["stage1_block2_conv2"]
            })
        let transition = try #require(
            last.uses.first { $0.role == .reads && graph.name(of: $0.axis.value) == "transition1_conv_weight" })
        #expect(transition.span == 9..<12)
        #expect(last.text(in: graph).contains("transition1_conv (9..<12 of 12)"))
    }

    @Test func scalesOfAMultiScaleNetworkMeetInConcatenations() throws {
        let scale2 = "layer2_scale2_same_bottleneck_conv,layer2_scale2_transition_conv"
        #expect(
            try groups("msdnet:layers=2:base=2:scales=2:stem=3:growth=2") == [
                [
                    "3", "stem_scale1_conv", "",
                    "layer1_scale1_bottleneck_conv,layer1_scale2_down_bottleneck_conv,layer2_scale2_down_bottleneck_conv,stem_scale2_conv",
                ],
                ["6", "stem_scale2_conv", "", "layer1_scale2_same_bottleneck_conv,\(scale2)"],
                ["2", "layer1_scale1_bottleneck_conv", "", "layer1_scale1_conv"],
                ["2", "layer1_scale1_conv", "", "layer2_scale2_down_bottleneck_conv"],
                ["2", "layer1_scale2_down_bottleneck_conv", "", "layer1_scale2_down_conv"],
                ["2", "layer1_scale2_down_conv", "", scale2],
                ["4", "layer1_scale2_same_bottleneck_conv", "", "layer1_scale2_same_conv"],
                ["2", "layer1_scale2_same_conv", "", scale2],
                ["2", "layer2_scale2_down_bottleneck_conv", "", "layer2_scale2_down_conv"],
                ["2", "layer2_scale2_down_conv", "", "layer2_scale2_transition_conv"],
                ["4", "layer2_scale2_same_bottleneck_conv", "", "layer2_scale2_same_conv"],
                ["2", "layer2_scale2_same_conv", "", "layer2_scale2_transition_conv"],
                ["6", "layer2_scale2_transition_conv", "", "exit1_layer1_conv"],
                ["128", "exit1_layer1_conv", "", "exit1_layer2_conv"], ["128", "exit1_layer2_conv", "", "logits_exit1"],
            ])
    }

    @Test(arguments: SmallNetworks.names) func imagesAndLogitsStay(_ name: String) throws {
        let graph = try SmallNetworks.model(name).graph
        let dependencies = ChannelDependencies(graph)
        let stuck = dependencies.groups.filter { $0.obstacle != nil }
        #expect(!stuck.isEmpty)
        for group in stuck { #expect(["the network's input", "the network's output"].contains(group.obstacle)) }
        let free = Set(dependencies.groups.filter { $0.obstacle == nil }.flatMap(\.channels))
        for value in graph.inputs.map(\.value) + graph.outputs.map(\.value) {
            #expect(dependencies.channels[value.id].count == graph.shape(of: value)[1])
            #expect(free.isDisjoint(with: dependencies.channels[value.id]))
        }
        let members = dependencies.groups.flatMap(\.channels)
        #expect(members.count == Set(members).count)
    }
}
