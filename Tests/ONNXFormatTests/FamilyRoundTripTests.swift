import Architectures
import Artifacts
import Graphs
import ONNXFormat
import Testing

/// A network of every family, written and read back.
@Suite struct FamilyRoundTripTests {
    @Test(arguments: [
        "wrn:widths=5,6:blocks=1,1", "vgg:widths=5,7,3:blocks=1,2,1:exits=2,4", "mobilenetv2:widths=3,5,5:blocks=1,2,1:last=11",
        "densenet:blocks=2,3:growth=3:exits=3", "msdnet:layers=4:base=1:step=1:growth=3:stem=5",
    ]) func isTheSameModel(_ name: String) throws {
        var model = try SampleModels.preResNet()
        let architecture = try ArchitectureDescription(parsing: name)
        model.graph = try architecture.buildGraph(
            image: model.metadata.image, classes: model.metadata.classNames.count, mean: [0.1, 0.2, 0.3],
            standardDeviation: [0.5, 0.25, 0.125])
        model.parameters = SampleModels.contents(of: model.graph)
        model.metadata.cumulativeMACs = model.graph.cost().cumulativeMACs
        model.metadata.operatingPoints = []
        model.metadata.provenance.architecture = architecture
        let read = try ONNXReader.model(from: try ONNXWriter.bytes(of: model), name: "model.pb")
        try GraphVerifier.verify(read.graph)
        #expect(read.firstDifference(from: model) == nil)
        #expect(read.metadata.provenance.architecture?.name == architecture.name)
    }
}
