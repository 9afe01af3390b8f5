import Artifacts
import Diagnostics
import Foundation
import Graphs
import NCNNFormat
import Tensors
import TestSupport
import Testing

/// Files for ncnn, read by its published layout. That ncnn computes the same is checked in Tests/Interop.
@Suite struct NCNNTests {
    /// A layer as the text has it.
    private struct Layer {
        let type: String
        let name: String
        let inputs: [String]
        let outputs: [String]
        let parameters: [Int: String]

        func integer(_ key: Int) -> Int { parameters[key].flatMap { Int($0) } ?? 0 }

        /// Bytes of the layer in the bin file.
        var bytes: Int {
            let tag = 4
            switch type {
            case "Convolution", "ConvolutionDepthWise": return tag + 4 * (integer(6) + integer(5) * integer(0))
            case "InnerProduct": return tag + 4 * (integer(2) + integer(1) * integer(0))
            case "BatchNorm": return 16 * integer(0)
            case "MemoryData": return 4 * [0, 1, 2, 11].map { max(1, integer($0)) }.reduce(1, *)
            default: return 0
            }
        }
    }

    private struct Param {
        let counts: [Int]
        let layers: [Layer]

        init(_ file: FileContent) throws {
            let lines = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n")
            #expect(lines[0] == "7767517")
            counts = lines[1].split(separator: " ").compactMap { Int($0) }
            layers = try lines.dropFirst(2).map { line in
                let words = line.split(separator: " ").map(String.init)
                let (inputs, outputs) = (try #require(Int(words[2])), try #require(Int(words[3])))
                let blobs = Array(words[4..<4 + inputs + outputs])
                var parameters: [Int: String] = [:]
                for word in words[(4 + inputs + outputs)...] {
                    let parts = word.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
                    let key = try #require(Int(parts[0]))
                    // ncnn reads at most 15 characters of a number, and 20 keys and a few more of a layer.
                    #expect(parts[1].split(separator: ",").allSatisfy { $0.count <= 15 }, "\(line)")
                    #expect(parameters.updateValue(parts[1], forKey: key <= -23300 ? -23300 - key : key) == nil, "\(line)")
                }
                #expect(parameters.keys.allSatisfy { 0..<32 ~= $0 }, "\(line)")
                return Layer(
                    type: words[0], name: words[1], inputs: Array(blobs[..<inputs]), outputs: Array(blobs[inputs...]),
                    parameters: parameters)
            }
        }

        /// What every file of ncnn must be, and that it gives what it should.
        func check(given: [String], bin: FileContent) {
            let produced = layers.flatMap(\.outputs)
            #expect(counts == [layers.count, produced.count])
            #expect(Set(layers.map(\.name)).count == layers.count)
            #expect(Set(produced).count == produced.count)
            var known: Set<String> = []
            for layer in layers {
                #expect(layer.inputs.allSatisfy { known.remove($0) != nil }, "\(layer.name) reads what is not there or gone")
                known.formUnion(layer.outputs)
            }
            #expect(known == Set(given))
            #expect(bin.bytes.count == layers.reduce(0) { $0 + $1.bytes })
        }
    }

    private func files(_ model: Model, _ shape: ExportShape) throws -> [FileContent] {
        try NCNNExport.files(of: model, name: "net", request: ExportRequest(shape: shape, modelHash: "0"))
    }

    private func check(_ model: Model) throws {
        let all = try files(model, .all)
        #expect(all.map(\.name) == ["net.param", "net.bin"])
        let logits = (1...model.exitCount).map { "logits_exit\($0)" }
        try Param(all[0]).check(given: logits, bin: all[1])
        for exit in 0..<model.exitCount {
            let cut = try files(model, .cut(exit: exit))
            #expect(cut.map(\.name) == ["net.param", "net.bin"])
            try Param(cut[0]).check(given: ["logits_exit1"], bin: cut[1])
        }
        let stages = try files(model, .stages)
        #expect(
            stages.map(\.name) == ["stages.json"] + (1...model.exitCount).flatMap { ["stage\($0).param", "stage\($0).bin"] })
        let contract = try #require(try JSONSerialization.jsonObject(with: Data(stages[0].bytes)) as? [String: Any])
        let entries = try #require(contract["stages"] as? [[String: Any]])
        for (index, entry) in entries.enumerated() {
            func names(_ key: String) -> [String] {
                (entry[key] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
            }
            let param = try Param(stages[1 + 2 * index])
            #expect(entry["file"] as? String == "stage\(index + 1).param")
            #expect(param.layers.filter { $0.type == "Input" }.map(\.name) == names("inputs"))
            param.check(
                given: ["logits_exit\(index + 1)", "score_exit\(index + 1)"] + names("carries"), bin: stages[2 + 2 * index])
        }
    }

    @Test(arguments: ArchitectureDescription.Head.allCases) func everyHead(head: ArchitectureDescription.Head) throws {
        try check(try SampleNetworks.preResNet(head: head))
    }

    @Test(arguments: SampleNetworks.families) func everyFamily(_ name: String) throws {
        try check(try SampleNetworks.network(named: name))
    }

    @Test func everyLayer() throws { try check(try SampleNetworks.manyLayers()) }

    @Test func inputsAreImagesWithoutABatch() throws {
        let param = try Param(try files(try SampleNetworks.preResNet(), .all)[0])
        #expect(param.layers[0].type == "Input" && param.layers[0].outputs == ["image"])
        #expect(param.layers[0].parameters == [0: "17", 1: "13", 2: "3"])
    }

    @Test func nothingIsWrittenOverTheCallersMemory() throws {
        for stage in try files(try SampleNetworks.preResNet(), .stages).filter({ $0.name.hasSuffix(".param") }) {
            let layers = try Param(stage).layers
            let given = Set(layers.filter { $0.type == "Input" }.flatMap(\.outputs))
            for reader in layers where !given.isDisjoint(with: reader.inputs) {
                #expect(["Split", "Convolution"].contains(reader.type) || reader.inputs.count == 2, "\(reader)")
                // Copies of a split share the memory that was split.
                guard reader.type == "Split" else { continue }
                let readers = layers.filter { !Set(reader.outputs).isDisjoint(with: $0.inputs) }
                #expect(readers.allSatisfy { $0.type == "Convolution" || $0.inputs.count == 2 }, "\(readers)")
            }
        }
    }

    @Test func activationsBelongToTheLayerBefore() throws {
        let plain = try SampleNetworks.network(named: "vgg:widths=5,7,3:blocks=1,2,1:exits=2,4")
        let layers = try Param(try files(plain, .all)[0]).layers
        #expect(layers.filter { $0.type.hasPrefix("Convolution") }.allSatisfy { $0.parameters[9] == "1" })
        #expect(!layers.contains { $0.type == "ReLU" })
        let mobile = try SampleNetworks.network(named: "mobilenetv2:widths=3,5,5:blocks=1,2,1:last=11")
        let clipped = try Param(try files(mobile, .all)[0]).layers
        #expect(clipped.contains { $0.type == "ConvolutionDepthWise" && $0.parameters[10] == "2,0.0,6.0" })
    }

    @Test func numbersKeepTheirDigits() throws {
        var builder = GraphBuilder()
        let image = builder.input(Model.inputName, TensorType([1, 3]))
        let values: [Float] = [
            1e-5, 0.00012345679, 16_777_216, 123_456_792, -3.4028235e38, 1.1754944e-38, 0.16666667, -1, 0.1, 0, 98.5,
        ]
        var x = image
        for (index, value) in values.enumerated() {
            x = try builder.apply(.add, x, builder.constant("c\(index)", Tensor(value)))
        }
        builder.output("logits_exit1", x)
        var model = try SampleNetworks.preResNet()
        model.graph = builder.graph
        model.parameters = Parameters()
        let layers = try Param(try files(model, .all)[0]).layers.filter { $0.type == "BinaryOp" }
        let found = layers.compactMap { $0.parameters[2] }
        #expect(found.compactMap { Float($0) } == values)
        for text in found {
            let mantissa = text.split(separator: "e")[0]
            // What ncnn's reader needs to see a float and to hold its digits in 32 bits.
            #expect(mantissa.wholeMatch(of: /-?\d\.\d{1,8}/) != nil, "\(text)")
        }
    }

    @Test func whatNCNNHasNotIsRefusedAllAtOnce() throws {
        var model = try SampleNetworks.preResNet()
        var builder = GraphBuilder()
        let image = builder.input(Model.inputName, TensorType([1, 4]))
        let total = try builder.apply(.sumOfSquares, image)
        let product = try builder.apply(.matMul(transposeLeft: true, transposeRight: false), image, image)
        let turned = try builder.apply(.transpose(permutation: [1, 0]), image, name: "turned")
        let sum = try builder.apply(.multiply, product, total)
        builder.output("logits_exit1", try builder.apply(.add, sum, turned))
        model.graph = builder.graph
        model.parameters = Parameters()
        let error = #expect(throws: ErdeError.self) { try files(model, .all) }
        #expect(error?.kind == .badData)
        for part in ["sumOfSquares", "matMul", "transpose turned: it moves the batch"] {
            #expect(error?.problem.contains(part) == true, "\(error?.problem ?? "")")
        }
    }

    @Test func theDynamicShapeIsRefused() throws {
        let model = try SampleNetworks.preResNet()
        let error = #expect(throws: ErdeError.self) { try files(model, .dynamic(takesThresholds: false)) }
        #expect(error?.kind == .usage && error?.remedy?.contains("stages") == true)
    }
}
