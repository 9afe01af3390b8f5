import Artifacts
import Graphs
import OpenVINOFormat
import Tensors
import Testing

/// Bytes in IR files, in the form that OpenVINO runs on integers.
@Suite struct QuantizedIRTests {
    /// A network whose values are all known to lie between these bounds.
    private func quantized(_ name: String) throws -> Model {
        var model = try SampleNetworks.network(named: name)
        let fast = try model.graph.optimizedForInference(model.parameters)
        let sites = QuantizationSites(fast.graph)
        var ranges: [String: ClosedRange<Float>] = [:]
        for value in sites.values {
            let name = fast.graph.name(of: value)
            ranges[name] = name.hasSuffix("relu") ? 0...5.1 : -2.54...2.5
        }
        (model.graph, model.parameters) = try fast.graph.quantizedForm(fast.parameters, QuantizationPlan(ranges: ranges))
        return model
    }

    private func network(_ model: Model) throws -> IRFile {
        let files = try OpenVINOExport.files(
            of: model, request: ExportRequest(shape: .all, modelHash: ""), name: "net")
        return try IRFile(xml: files[0], bin: files[1])
    }

    @Test(arguments: SampleNetworks.families) func weightsAreBytesAndValuesAreRounded(_ name: String) throws {
        let model = try quantized(name)
        let file = try network(model)
        let layers = file.layers("Convolution") + file.layers("GroupConvolution") + file.layers("MatMul")
        #expect(layers.count > 3)
        for layer in layers {
            let scaled = try file.source(of: layer, 1)
            #expect(scaled["type"] == "Multiply")
            let converted = try file.source(of: scaled, 0)
            #expect(converted["type"] == "Convert")
            let bytes = try file.source(of: converted, 0)
            #expect(bytes.child("data")?["element_type"] == "i8")
            #expect(try file.content(of: bytes) == model.parameters[bytes["name"]]?.withUnsafeBytes { Array($0) })
            let scales = try file.source(of: scaled, 1)
            let shape = scales.child("data")?["shape"].split(separator: ",").compactMap { Int($0) } ?? []
            let channels = try #require(model.parameters[bytes["name"]]).shape[0]
            #expect(shape.reduce(1, *) == channels)
            if layer["type"] == "MatMul" { continue }
            var source = layer
            for type in ["Multiply", "Convert", "Convert", "FakeQuantize"] {
                source = try file.source(of: source, 0)
                #expect(source["type"] == type)
            }
        }
        let quantizations = model.graph.nodes.filter { if case .quantize = $0.op { true } else { false } }
        #expect(file.layers("FakeQuantize").count == quantizations.count)
        let integers = file.layers.flatMap { $0.child("output")?.children ?? [] }.filter { $0["precision"] == "I32" }
        #expect(integers.isEmpty)
    }

    @Test func boundsAreWhatBytesStandFor() throws {
        let model = try quantized(SampleNetworks.families[0])
        let file = try network(model)
        let found = try file.layers("FakeQuantize").map { layer in
            #expect(layer.child("data")?["levels"] == "256")
            let bounds = try (1...4).map { try file.floats(of: try file.source(of: layer, $0))[0] }
            #expect(Array(bounds[2...]) == [[0, 255], [-128, 127]][bounds[0] == 0 ? 0 : 1])
            return Array(bounds[..<2])
        }
        let expected = model.graph.nodes.compactMap { node -> [Float]? in
            guard case .quantize(let quantization) = node.op else { return nil }
            return (quantization.dataType == .uint8 ? [0, 255] : [-128, 127]).map { $0 * quantization.scales[0] }
        }
        #expect(found.count == expected.count)
        for (bounds, wanted) in zip(found, expected) {
            #expect(abs(bounds[0] - wanted[0]) < 1e-5 && abs(bounds[1] - wanted[1]) < 1e-5, "\(bounds) and \(wanted)")
        }
    }

    @Test func whatIsEqualIsStoredOnce() throws {
        let file = try network(try quantized(SampleNetworks.families[0]))
        let places = try file.layers("Const").map { layer in (layer.child("data")?["offset"] ?? "", try file.content(of: layer)) }
        let contents = Set(places.map(\.1))
        #expect(Set(places.map(\.0)).count == contents.count)
        #expect(places.count > contents.count)
        let stored = contents.reduce(0) { $0 + ($1.count + 63) / 64 * 64 }
        #expect(file.weights.count <= stored && file.weights.count > stored - 64)
    }
}
