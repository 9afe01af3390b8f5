import Artifacts
import Diagnostics
import Graphs
import ONNXFormat
import Tensors
import Testing

/// What is written is read back as the same graph, parameters and metadata.
@Suite struct RoundTripTests {
    @Test(arguments: ArchitectureDescription.Head.allCases)
    func preResNet(head: ArchitectureDescription.Head) throws {
        let model = try SampleModels.preResNet(head: head)
        let read = try ONNXReader.model(from: try ONNXWriter.bytes(of: model), name: "model.pb")
        #expect(read.firstDifference(from: model) == nil)
        #expect(read.graph.nodes.map(\.op) == model.graph.nodes.map(\.op))
        #expect(read.parameters == model.parameters)
        #expect(read.metadata == model.metadata)
    }

    @Test func everyOperator() throws {
        let model = try SampleModels.everyOperator()
        let read = try ONNXReader.model(from: try ONNXWriter.bytes(of: model), name: "model.pb")
        #expect(read.firstDifference(from: model) == nil)
        #expect(read.graph.nodes.map(\.op) == model.graph.nodes.map(\.op))
        #expect(read.parameters == model.parameters)
    }

    @Test func batchSizeOfTheGraphDoesNotMatter() throws {
        var model = try SampleModels.preResNet()
        let bytes = try ONNXWriter.bytes(of: model)
        model.graph = try model.graph.rebatched(7)
        #expect(try ONNXWriter.bytes(of: model) == bytes)
    }

    @Test func differencesAreFound() throws {
        let model = try SampleModels.preResNet()
        var other = model
        other.parameters["stem_weight"]?.floats[3] += 1
        #expect(other.firstDifference(from: model) == "parameter stem_weight")
        other = model
        other.metadata.classNames[0] = "bird"
        #expect(other.firstDifference(from: model) == "metadata")
        #expect(try SampleModels.preResNet(head: .global).graph.firstDifference(from: model.graph) != nil)
    }

    @Test func whatOnnxCannotHoldIsRefusedAllAtOnce() throws {
        var model = try SampleModels.preResNet()
        var builder = GraphBuilder()
        let image = builder.input(Model.inputName, TensorType([1, 4]))
        let first = try builder.apply(.argMax, image)
        _ = try builder.apply(.oneHot(classes: 4), first)
        _ = try builder.apply(.argMax, image)
        let weight = builder.variable("bad name", [2, 4], role: .weight)
        builder.output(Model.outputName(exit: 0), try builder.apply(.linear, image, weight))
        model.graph = builder.graph
        let error = #expect(throws: ErdeError.self) { try ONNXWriter.bytes(of: model) }
        #expect(error?.kind == .badData)
        let text = error?.description ?? ""
        for part in ["argMax (2 nodes)", "oneHot", "variable bad name without content", "no C90 identifier"] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }
}
