import Artifacts
import Diagnostics
import Execution
import Graphs
import ONNXFormat
import ReferenceEngine
import Tensors
import TestSupport
import Testing

/// Models of bytes in files: QuantizeLinear and DequantizeLinear around every operator, weights stored in int8.
@Suite struct QuantizedFileTests {
    static func model() throws -> Model {
        var model = try SampleModels.preResNet()
        let fast = try model.graph.optimizedForInference(model.parameters)
        let sites = QuantizationSites(fast.graph)
        let ranges = Dictionary(
            uniqueKeysWithValues: sites.values.map { value -> (String, ClosedRange<Float>) in
                let name = fast.graph.name(of: value)
                return (name, name.contains("relu") ? 0...4 : -3...3)
            })
        let form = try fast.graph.quantizedForm(fast.parameters, QuantizationPlan(ranges: ranges))
        (model.graph, model.parameters) = (form.graph, form.parameters)
        var record = QuantizationRecord(recipe: QuantizationRecipe(), layerCount: sites.layers.count)
        record.floatLayers = [.init(layer: "stem", reason: "why not")]
        model.metadata.provenance.quantization = record
        return model
    }

    @Test func isTheSameModelWhenReadBack() throws {
        let model = try Self.model()
        let bytes = try ONNXWriter.bytes(of: model)
        let read = try ONNXReader.model(from: bytes, name: "model.pb")
        try GraphVerifier.verify(read.graph)
        #expect(read.firstDifference(from: model) == nil)
        #expect(read.metadata == model.metadata)
        // What has a batch axis and what is stored keep their types.
        let types = Set(read.graph.variables.map { read.graph.type(of: $0.value).dataType })
        #expect(types == [.float32, .int8, .int32])
    }

    @Test func weightsAreStoredInBytes() throws {
        let graph = WireMessage(try ONNXWriter.bytes(of: try Self.model())).messages(7)[0]
        let stem = try #require(graph.messages(5).first { $0.texts(8) == ["stem_weight"] })
        #expect(stem.integers(2) == [3])
        #expect(
            stem.fields.contains {
                if case .bytes(let bytes) = $0.content { $0.number == 9 && bytes.count == 5 * 27 } else { false }
            })
        let node = try #require(graph.messages(1).first { $0.texts(1).first == "stem_weight" })
        #expect(node.texts(4) == ["DequantizeLinear"])
        #expect(node.texts(1).count == 3)
        let zeros = try #require(graph.messages(5).first { $0.texts(8) == [node.texts(1)[2]] })
        #expect(zeros.integers(2) == [3] && zeros.integers(1) == [5])
    }

    @Test(arguments: [
        ExportShape.all, .cut(exit: 0), .cut(exit: 2), .dynamic(takesThresholds: false),
        .dynamic(takesThresholds: true), .stages,
    ]) func isWrittenInEveryShape(shape: ExportShape) throws {
        let model = try Self.model()
        for operatorSet: Int64 in [17, 21] {
            let request = ExportRequest(
                shape: shape, policy: ExitPolicy(thresholds: [0.4, 0.7]), budgetMACs: 1e6, modelHash: "abc")
            let options = ONNXExportOptions(request, operatorSet: operatorSet)
            let files = try ONNXExport.files(of: model, name: "model.onnx", options: options)
            #expect(files.count == (shape == .stages ? 4 : 1))
            let text = files.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
            #expect(text.contains("QuantizeLinear") && text.contains("DequantizeLinear"))
            if shape == .stages { #expect(text.contains("\"dataType\" : \"int8\"") || text.contains("\"dataType\" : \"uint8\"")) }
        }
    }

    @Test func aCompleteExportComputesTheSame() throws {
        let model = try Self.model()
        let options = ONNXExportOptions(ExportRequest(shape: .all, modelHash: "abc"))
        let file = try ONNXExport.files(of: model, name: "model.onnx", options: options)[0]
        let read = try ONNXReader.model(from: file.bytes, name: "model.onnx")
        var random = RandomTensors(seed: 3)
        let image = random.uniform(model.graph.shape(of: model.graph.inputs[0].value), in: 0...1)
        func logits(_ model: Model) throws -> [String: Tensor] {
            try ReferenceEngine().compile(model.graph, parameters: model.parameters).run([Model.inputName: image])
        }
        #expect(try logits(read) == logits(model))
    }

    @Test func otherZeroPointsAreRefused() throws {
        let model = try Self.model()
        let bytes = try ONNXWriter.bytes(of: model)
        // A zero point of an activation: one byte in raw_data.
        let graph = WireMessage(bytes).messages(7)[0]
        let node = try #require(graph.messages(1).first { $0.texts(4) == ["QuantizeLinear"] })
        let name = Array(node.texts(1)[2].utf8)
        let end = try #require(bytes.indices.first { bytes[$0...].starts(with: name + [0x4a, 1, 0]) })
        var changed = bytes
        changed[end + name.count + 2] = 5
        let error = #expect(throws: ErdeError.self) { try ONNXReader.model(from: changed, name: "model.pb") }
        #expect(error?.problem.contains("zero points other than 0") == true)
    }
}
