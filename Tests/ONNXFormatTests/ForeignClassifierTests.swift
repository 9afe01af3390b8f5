import Artifacts
import Diagnostics
import Execution
import Foundation
import Graphs
import ONNXFormat
import ReferenceEngine
import Tensors
import TestSupport
import Testing

/// Small files in the words of several exporters, made by `Tests/Goldens/imports.py` with the onnx package, give the logits
/// of ONNX Runtime.
@Suite struct ForeignClassifierTests {
    private struct Goldens: Decodable {
        let cases: [Golden]
    }

    struct Golden: Decodable {
        let name: String
        let shape: [Int]
        let images: [Float]
        let logits: [Double]
        let classes: Int
        /// Whether the file ends in a softmax, which erde leaves out.
        let isSoftmax: Bool
    }

    private static let names = ["torch_like", "keras_like", "old_opset", "mobile_like", "shuffle_like", "convnext_like"]

    private static func golden(_ name: String) throws -> Golden {
        let goldens = try GoldenFolder.decode(Goldens.self, from: "imports/imports.json")
        return try #require(goldens.cases.first { $0.name == name })
    }

    static func file(_ name: String) throws -> ForeignModel {
        try ForeignModel.read(path: GoldenFolder.path(of: "imports/\(name).onnx"))
    }

    private static func logits(_ model: Model, _ images: Tensor) throws -> [Double] {
        let graph = try model.graph.rebatched(images.shape[0])
        let executable = try ReferenceEngine().compile(graph, parameters: model.parameters)
        let results = try executable.run([Model.inputName: images])
        return try #require(results["logits_exit1"]).doubles
    }

    @Test(arguments: names) func logitsAreThoseOfONNXRuntime(name: String) throws {
        let golden = try Self.golden(name)
        let (model, notes) = try Self.file(name).classifier(ImportOptions())
        try GraphVerifier.verify(model.graph)
        #expect(model.metadata.classNames.count == golden.classes)
        #expect(model.metadata.image.height == golden.shape[2] && model.metadata.image.width == golden.shape[3])
        var found = try Self.logits(model, Tensor(Shape(golden.shape), golden.images))
        if golden.isSoftmax {
            #expect(notes.contains { $0.contains("softmax") })
            let rows = stride(from: 0, to: found.count, by: golden.classes).map { Array(found[$0..<$0 + golden.classes]) }
            found = rows.flatMap { row in row.map { exp($0) / row.reduce(0) { $0 + exp($1) } } }
        }
        expectClose(found, golden.logits, Self.tolerance, name)
    }

    private static let tolerance = Tolerance(
        absolute: 2e-5, relative: 2e-5, reason: "float32 by ONNX Runtime against double, a few layers")

    @Test(arguments: names) func theModelGoesThroughAFile(name: String) throws {
        let (model, _) = try Self.file(name).classifier(ImportOptions())
        let read = try ONNXReader.model(from: try ONNXWriter.bytes(of: model), name: "model.pb")
        #expect(read.firstDifference(from: model) == nil)
    }

    @Test func normalisationIsPutInside() throws {
        let golden = try Self.golden("torch_like")
        var options = ImportOptions()
        let (mean, deviation): ([Float], [Float]) = ([0.25, 0.5, 0.125], [0.5, 0.25, 2])
        options.normalization = ImportOptions.Normalization(mean: mean, standardDeviation: deviation)
        options.classNames = ["a", "b", "c", "d"]
        let (model, notes) = try Self.file("torch_like").classifier(options)
        #expect(notes.isEmpty, "\(notes)")
        let plane = golden.shape[2] * golden.shape[3]
        let pixels = golden.images.indices.map { index in
            golden.images[index] * deviation[index / plane % 3] + mean[index / plane % 3]
        }
        expectClose(try Self.logits(model, Tensor(Shape(golden.shape), pixels)), golden.logits, Self.tolerance, "torch_like")
        #expect(model.metadata.classNames == ["a", "b", "c", "d"])
    }

    @Test func foldedAndUnfoldedNormalisationStay() throws {
        let (model, _) = try Self.file("torch_like").classifier(ImportOptions())
        let names = model.graph.nodes.map(\.op.name)
        #expect(names.filter { $0 == "batchNormalization" }.count == 2)
        #expect(model.graph.variables.filter { $0.role == .statistic }.count == 4)
        let (keras, _) = try Self.file("keras_like").classifier(ImportOptions())
        // Turned images and the file's own turning back cancel out, and padding goes into the convolution.
        let kinds = Set(keras.graph.nodes.map(\.op.name))
        #expect(kinds == ["convolution", "clip", "globalAveragePool", "reshape", "linear"])
        #expect(keras.graph.nodes.filter { $0.op.name == "linear" }.map(\.inputs.count) == [3])
    }

    @Test(arguments: ArchitectureDescription.Head.allCases)
    func whatErdeWroteIsTheSameGraph(head: ArchitectureDescription.Head) throws {
        let own = try SampleModels.preResNet(head: head)
        let file = try ForeignModel(bytes: try ONNXWriter.bytes(of: own), path: "own.pb", folder: "/nonexistent")
        let (model, _) = try file.classifier(ImportOptions())
        #expect(model.graph.firstDifference(from: own.graph) == nil)
        #expect(model.parameters == own.parameters)
        #expect(model.metadata.classNames == own.metadata.classNames)
        #expect(model.metadata.image == own.metadata.image)
    }

    @Test func optionsThatDoNotFitAreRefused() throws {
        let file = try Self.file("torch_like")
        var options = ImportOptions()
        options.classNames = ["a", "b"]
        #expect(throws: ErdeError.self) { try file.classifier(options) }
        options = ImportOptions()
        options.size = (224, 224)
        #expect(throws: ErdeError.self) { try file.classifier(options) }
        options = ImportOptions()
        options.output = "elsewhere"
        #expect(throws: ErdeError.self) { try file.classifier(options) }
        options = ImportOptions()
        options.normalization = ImportOptions.Normalization(mean: [0, 0], standardDeviation: [1, 1])
        #expect(throws: ErdeError.self) { try file.classifier(options) }
        options.normalization = ImportOptions.Normalization(mean: [0], standardDeviation: [0])
        #expect(throws: ErdeError.self) { try file.classifier(options) }
    }

    @Test func theListOfOperatorsIsTheDocumentations() throws {
        let page = String(decoding: try GoldenFolder.contents(of: "../../docs/import.md"), as: UTF8.self)
        let start = try #require(page.range(of: "<!-- operators -->")).upperBound
        let end = try #require(page.range(of: "<!-- end -->")).lowerBound
        let listed = page[start..<end].matches(of: /`([A-Za-z0-9]+)`/).map { String($0.output.1) }
        #expect(Set(listed) == Set(ForeignModel.knownOperators))
        #expect(listed.count == Set(listed).count)
    }
}
