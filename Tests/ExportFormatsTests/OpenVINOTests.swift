import Artifacts
import Diagnostics
import Foundation
import Graphs
import OpenVINOFormat
import Tensors
import TestSupport
import Testing

/// The structure of IR files. That OpenVINO computes the same is checked in Tests/Interop.
@Suite struct OpenVINOTests {
    private static let models = SampleNetworks.families + ["preresnet", "many layers"]
    private static let elementBytes = ["f32": 4, "i8": 1, "u8": 1, "i64": 8]

    private func model(_ name: String) throws -> Model {
        switch name {
        case "preresnet": try SampleNetworks.preResNet()
        case "many layers": try SampleNetworks.manyLayers()
        default: try SampleNetworks.network(named: name)
        }
    }

    private func files(
        _ model: Model, _ shape: ExportShape = .all, policy: ExitPolicy? = nil
    ) throws -> [FileContent] {
        try OpenVINOExport.files(
            of: model, request: ExportRequest(shape: shape, policy: policy, modelHash: "abc"), name: "net")
    }

    private func network(_ model: Model, _ shape: ExportShape = .all) throws -> IRFile {
        let files = try files(model, shape)
        #expect(files.map(\.name) == ["net.xml", "net.bin"])
        return try IRFile(xml: files[0], bin: files[1])
    }

    /// Numbers, ports, edges, types and places of constants agree.
    private func check(_ file: IRFile, outputs: [String]) throws {
        #expect(file.root.name == "net" && file.root["version"] == "11")
        let ids = file.layers.map { $0["id"] }
        #expect(ids == (0..<ids.count).map(String.init))
        #expect(Set(file.layers.map { $0["name"] }).count == ids.count)
        func port(_ side: String, _ layer: String, _ id: String) -> IRFile.Element? {
            file.layers.first { $0["id"] == layer }?.child(side)?.children.first { $0["id"] == id }
        }
        var fed: Set<String> = []
        for edge in file.edges {
            let (from, to) = (try #require(Int(edge["from-layer"])), try #require(Int(edge["to-layer"])))
            #expect(from < to)
            #expect(fed.insert("\(to).\(edge["to-port"])").inserted, "two edges into port \(edge["to-port"]) of \(to)")
            let source = try #require(port("output", edge["from-layer"], edge["from-port"]))
            let target = try #require(port("input", edge["to-layer"], edge["to-port"]))
            #expect(source["precision"] == target["precision"])
            #expect(source.children.map(\.text) == target.children.map(\.text))
        }
        #expect(fed.count == file.layers.reduce(0) { $0 + ($1.child("input")?.children.count ?? 0) })
        for layer in file.layers {
            let version = try #require(Int(layer["version"].replacing("opset", with: "")))
            #expect(1...5 ~= version)
            for port in layer.child("output")?.children ?? [] {
                #expect(port.children.allSatisfy { $0.text == "-1" || Int($0.text).map { $0 > 0 } == true })
            }
            guard layer["type"] == "Const", let data = layer.child("data") else { continue }
            let extents = data["shape"].split(separator: ",").compactMap { Int($0) }
            let size = extents.reduce(1, *) * (Self.elementBytes[data["element_type"]] ?? 0)
            #expect(try file.content(of: layer).count == size && Int(data["offset"]).map { $0 % 64 == 0 } == true)
        }
        let results = try file.layers("Result").map { try file.source(of: $0, 0).child("output")?.children.first?["names"] }
        #expect(results == outputs)
    }

    @Test(arguments: models) func everyNetworkInEveryShape(_ name: String) throws {
        let model = try model(name)
        let image = model.metadata.image
        let whole = try network(model)
        try check(whole, outputs: (1...model.exitCount).map { "logits_exit\($0)" })
        let parameter = try #require(whole.layers("Parameter").first)
        #expect(parameter["name"] == "image" && parameter.child("data")?["element_type"] == "f32")
        #expect(parameter.child("data")?["shape"] == "?,\(image.channels),\(image.height),\(image.width)")
        try check(try network(model, .cut(exit: 0)), outputs: ["logits_exit1"])
        for score in GateScore.allCases {
            let policy = ExitPolicy(score: score, thresholds: [Double](repeating: 0.5, count: model.exitCount - 1))
            let stages = try files(model, .stages, policy: policy)
            let names = (1...model.exitCount).flatMap { ["stage\($0).xml", "stage\($0).bin"] }
            #expect(stages.map(\.name) == ["stages.json"] + names)
            let contract = try #require(
                try JSONSerialization.jsonObject(with: Data(stages[0].bytes)) as? [String: Any])
            let described = try #require(contract["stages"] as? [[String: Any]])
            for (index, stage) in described.enumerated() {
                #expect(stage["file"] as? String == "stage\(index + 1).xml")
                let carried = (stage["carries"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
                let inputs = (stage["inputs"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
                let file = try IRFile(xml: stages[1 + 2 * index], bin: stages[2 + 2 * index])
                try check(file, outputs: ["logits_exit\(index + 1)", "score_exit\(index + 1)"] + carried)
                #expect(file.layers("Parameter").map { $0["name"] } == inputs)
            }
        }
    }

    @Test func metadataIsJSONBelowOneKey() throws {
        let model = try SampleNetworks.preResNet()
        let information = try #require(try network(model, .cut(exit: 1)).root.child("rt_info")?.child("erde"))
        func value(_ key: String) throws -> Any {
            let text = try #require(information.child(key)?["value"])
            return try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
        }
        #expect(try value("classNames") as? [String] == ["cat", "dog \"quoted\" \\", "ü/ß", "line\nbreak?"])
        #expect(try value("cumulativeMACs") as? [Int] == [model.cut(at: 1).metadata.cumulativeMACs[0]])
        let export = try value("export") as? [String: Any]
        #expect(export?["modelHash"] as? String == "abc" && export?["shape"] as? String == "cut" && export?["exit"] as? Int == 2)
        let image = try value("image") as? [String: Any]
        #expect(image?["height"] as? Int == 13 && image?["width"] as? Int == 17)
    }

    /// The description of a document with this text.
    private func description(_ text: [UInt8]) throws -> ExportDescription? {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).xml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(text).write(to: URL(fileURLWithPath: path))
        return try ExportedIR.description(path: path)
    }

    @Test func whatAFileSaysOfItselfIsReadBack() throws {
        let model = try SampleNetworks.preResNet()
        let policy = ExitPolicy(
            score: .normalizedEntropy, thresholds: [Double](repeating: .infinity, count: model.exitCount - 1))
        #expect(try description(files(model)[0].bytes) == ExportDescription(shape: .all, modelHash: "abc"))
        #expect(
            try description(files(model, .cut(exit: 1))[0].bytes) == ExportDescription(shape: .cut, exit: 2, modelHash: "abc"))
        #expect(
            try description(files(model, .stages, policy: policy)[1].bytes)
                == ExportDescription(shape: .stage, exit: 1, modelHash: "abc", policy: policy))
        #expect(try description(Array("<?xml version=\"1.0\"?>\n<net />".utf8)) == nil)
        #expect(try description(Array("<net><erde><role value=\"student\" /></erde><export value=\"7\" /></net>".utf8)) == nil)
        for broken in ["", "7", "{&quot;shape&quot;:&quot;all&quot;}", "&nosuch;", "&#1114112;", "&amp"] {
            let error = #expect(throws: ErdeError.self) {
                try description(Array("<net><rt_info><erde><export value=\"\(broken)\" /></erde></rt_info></net>".utf8))
            }
            #expect(error?.kind == .badData, "\(broken)")
        }
        let missing = #expect(throws: ErdeError.self) { try ExportedIR.description(path: "/nowhere/net.xml") }
        #expect(missing?.kind == .notFound)
    }

    @Test func equalModelsGiveEqualBytes() throws {
        for shape in [ExportShape.all, .stages] {
            #expect(try files(SampleNetworks.preResNet(), shape) == files(SampleNetworks.preResNet(), shape))
        }
    }

    @Test func aGroupHasAnAxisOfItsOwn() throws {
        let file = try network(SampleNetworks.manyLayers())
        let layer = try #require(file.layers("GroupConvolution").first)
        let weight = try file.source(of: layer, 1)
        #expect(weight.child("data")?["shape"] == "3,2,1,3,2")
        #expect(layer.child("data")?["pads_begin"] == "1,2" && layer.child("data")?["dilations"] == "2,1")
    }

    @Test func whatIRHasNotIsRefusedAllAtOnce() throws {
        var model = try SampleNetworks.preResNet()
        var builder = GraphBuilder()
        let image = builder.input(Model.inputName, TensorType([1, 4]))
        let label = try builder.apply(.argMax, image, name: "label")
        let marked = try builder.apply(.oneHot(classes: 4), label, name: "marked")
        let dropped = try builder.apply(.broadcastTo, marked, image, name: "repeated")
        builder.output("logits_exit1", try builder.apply(.add, dropped, image))
        model.graph = builder.graph
        let error = #expect(throws: ErdeError.self) { try files(model) }
        #expect(error?.kind == .badData)
        for part in ["argMax label", "oneHot marked", "broadcastTo repeated", "training"] {
            #expect(error?.problem.contains(part) == true, "\(error?.problem ?? "")")
        }
        let dynamic = #expect(throws: ErdeError.self) {
            try files(SampleNetworks.preResNet(), .dynamic(takesThresholds: false))
        }
        #expect(dynamic?.kind == .usage && dynamic?.remedy?.contains("--to onnx") == true)
    }

    @Test func productsComparisonsAndSumsAreWritten() throws {
        var model = try SampleNetworks.preResNet()
        var builder = GraphBuilder()
        let image = builder.input(Model.inputName, TensorType([1, 4]))
        let square = builder.constant("square", Tensor([4, 4], [Float](repeating: 0.5, count: 16)))
        let product = try builder.apply(.matMul(transposeLeft: false, transposeRight: true), image, square)
        let smaller = try builder.apply(.less, product, image)
        let same = try builder.apply(.equal, product, image)
        let sum = try builder.apply(.sumOfSquares, try builder.apply(.add, smaller, same))
        builder.output("logits_exit1", try builder.apply(.multiply, product, sum))
        model.graph = builder.graph
        model.parameters = Parameters()
        let file = try network(model)
        try check(file, outputs: ["logits_exit1"])
        let layer = try #require(file.layers("MatMul").first?.child("data"))
        #expect(layer["transpose_a"] == "false" && layer["transpose_b"] == "true")
        #expect(file.layers("Convert").count == 2)
    }
}
