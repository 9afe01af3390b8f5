import Artifacts
import ONNXFormat
import Testing

/// The written bytes, decoded by ONNX's published field numbers.
@Suite struct FieldNumberTests {
    @Test func modelAndMetadata() throws {
        let model = WireMessage(try ONNXWriter.bytes(of: try SampleModels.preResNet()))
        #expect(model.integers(1) == [8])
        #expect(model.texts(2) == ["erde"])
        #expect(model.texts(3) == [erdeVersion])
        #expect(model.messages(8).map { $0.integers(2) } == [[17]])
        #expect(model.messages(8).map { $0.texts(1) } == [[""]])
        let metadata = model.messages(14).map { ($0.texts(1)[0], $0.texts(2)[0]) }
        #expect(
            metadata.map(\.0) == [
                "erde.classNames", "erde.cumulativeMACs", "erde.formatVersion", "erde.image", "erde.operatingPoints",
                "erde.provenance", "erde.role", "erde.weights",
            ])
        #expect(metadata[0].1 == #"["cat","dog \"quoted\"","ü/ß","line\nbreak"]"#)
        #expect(metadata[3].1 == #"{"channels":3,"height":13,"resizing":"stretch","width":17}"#)
        #expect(metadata[4].1.contains(#""policy":{"score":"entropy","thresholds":[0.1,"inf"]}"#))
        #expect(metadata[6].1 == #""student""#)
    }

    @Test func graph() throws {
        let graph = WireMessage(try ONNXWriter.bytes(of: try SampleModels.preResNet())).messages(7)[0]
        #expect(graph.messages(11).map { $0.texts(1) } == [["image"]])
        #expect(graph.messages(12).map { $0.texts(1)[0] } == ["logits_exit1", "logits_exit2", "logits_exit3"])
        let shapes = (graph.messages(11) + graph.messages(12)).map { info in
            info.messages(2)[0].messages(1)[0].messages(2)[0].messages(1).map { dimension in
                dimension.texts(2).first ?? "\(dimension.integers(1)[0])"
            }
        }
        #expect(shapes == [["N", "3", "13", "17"], ["N", "4"], ["N", "4"], ["N", "4"]])
        let nodes = graph.messages(1)
        #expect(nodes.prefix(3).map { $0.texts(4)[0] } == ["Sub", "Div", "Conv"])
        #expect(nodes[2].texts(1) == ["normalization", "stem_weight"])
        #expect(nodes[2].texts(2) == ["stem"])
        let attributes = nodes[2].messages(5).map { "\($0.texts(1)[0]) \($0.integers(3) + $0.integers(8)) \($0.integers(20))" }
        #expect(attributes == ["dilations [1, 1] [7]", "group [1] [2]", "pads [1, 1, 1, 1] [7]", "strides [1, 1] [7]"])
        let stem = try #require(graph.messages(5).first { $0.texts(8) == ["stem_weight"] })
        #expect(stem.integers(1) == [5, 3, 3, 3])
        #expect(stem.integers(2) == [1])
    }

    @Test func momentumAndDropout() throws {
        let graph = WireMessage(try ONNXWriter.bytes(of: try SampleModels.preResNet())).messages(7)[0]
        let norm = try #require(graph.messages(1).first { $0.texts(4) == ["BatchNormalization"] })
        let momentum = try #require(norm.messages(5).first { $0.texts(1) == ["momentum"] })
        // 1 - 0.1, as a little-endian float.
        #expect(momentum.fields.contains { $0.number == 2 && $0.content == .fixed32([0x66, 0x66, 0x66, 0x3f]) })
        let dropout = try #require(graph.messages(1).first { $0.texts(4) == ["Dropout"] })
        let ratio = try #require(graph.messages(5).first { $0.texts(8) == [dropout.texts(1)[1]] })
        #expect(ratio.integers(1) == [])
        // 0.3, as a little-endian float.
        #expect(ratio.fields.contains { $0.number == 9 && $0.content == .bytes([0x9a, 0x99, 0x99, 0x3e]) })
    }
}
