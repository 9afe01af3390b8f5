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

        static let tagOfBytes: UInt32 = 0x000D_4B38

        private static func aligned(_ bytes: Int) -> Int { (bytes + 3) / 4 * 4 }

        func integer(_ key: Int) -> Int { parameters[key].flatMap { Int($0) } ?? 0 }

        /// Bytes of the layer in the bin file.
        ///
        /// - Parameter tag: the word that the layer begins with there.
        func bytes(tag: UInt32) -> Int {
            let floats = 4 * integer(5) * integer(0)
            switch type {
            case "Convolution", "ConvolutionDepthWise":
                guard integer(8) != 0 else { return 4 + 4 * integer(6) + floats }
                // A scale for each channel of the result, and one of the input.
                #expect(tag == Self.tagOfBytes)
                return 4 + Self.aligned(integer(6)) + floats + 4 * integer(0) + 4
            case "InnerProduct" where tag != 0: return 4 + 4 * 256 + Self.aligned(integer(2))
            case "InnerProduct": return 4 + 4 * (integer(2) + integer(1) * integer(0))
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
            #expect(bin.bytes.count == layers.reduce(0) { $0 + $1.bytes(tag: word(bin, $0)) })
        }

        private func word(_ file: FileContent, _ offset: Int) -> UInt32 {
            guard offset + 4 <= file.bytes.count else { return 0 }
            return (0..<4).reduce(0) { $0 | UInt32(file.bytes[offset + $1]) << (8 * $1) }
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

    @Test(arguments: SampleNetworks.families + ["preresnet:widths=5,7,11:blocks=1,2,1:stem=5"])
    func everyFamilyInBytes(_ name: String) throws {
        let plain = try SampleNetworks.network(named: name)
        let model = try SampleNetworks.quantized(plain)
        try check(model)
        let all = try files(model, .all)
        let convolutions = try Param(all[0]).layers.filter { $0.type.hasPrefix("Convolution") }
        #expect(convolutions.allSatisfy { $0.integer(8) == ($0.type == "Convolution" ? 2 : 1) })
        // Minimal filtering, which needs smaller weights, is forbidden.
        #expect(convolutions.allSatisfy { $0.integer(31) == 64 })
        #expect(convolutions.count == (try Param(try files(plain, .all)[0]).layers.count { $0.type.hasPrefix("Convolution") }))
    }

    /// Values that are never negative are shifted by 127 steps behind their border, and the bias holds what that adds.
    @Test func unsignedBytesAreShifted() throws {
        let model = try SampleNetworks.quantized(try SampleNetworks.network(named: "vgg:widths=16,24:blocks=2,2:exits=4"))
        let layers = try Param(try files(model, .all)[0]).layers
        let shifts = layers.filter { $0.type == "BinaryOp" && $0.integer(0) == 1 && $0.outputs[0].hasSuffix("_part2") }
        #expect(shifts.count == 3)
        for shift in shifts {
            let border = try #require(layers.first { $0.outputs == shift.inputs })
            let reader = try #require(layers.first { $0.inputs == shift.outputs })
            #expect(border.type == "Padding" && (0...3).allSatisfy { border.integer($0) == 1 } && border.parameters[5] == "0.0")
            #expect(reader.type == "Convolution" && [4, 14, 15, 16].allSatisfy { reader.integer($0) == 0 })
        }
    }

    @Test func layersKeptInFloatStayFloats() throws {
        let plain = try SampleNetworks.preResNet()
        let sites = QuantizationSites(try plain.graph.optimizedForInference(plain.parameters).graph)
        let model = try SampleNetworks.quantized(plain, keepingInFloat: [sites.layers[1], sites.layers[4]])
        try check(model)
        let layers = try Param(try files(model, .all)[0]).layers.filter { $0.type == "Convolution" }
        #expect(layers.count { $0.integer(8) == 0 } == 2)
    }

    /// A sum of a residual network is read by a normalisation, which does not round.
    @Test func whatNoConvolutionRoundsIsRounded() throws {
        let model = try SampleNetworks.quantized(try SampleNetworks.preResNet())
        let layers = try Param(try files(model, .all)[0]).layers
        func reader(_ layer: Layer) throws -> Layer {
            try #require(layers.first { !Set(layer.outputs).isDisjoint(with: $0.inputs) })
        }
        let roundings = layers.filter { $0.type == "UnaryOp" && $0.integer(0) == 18 }
        #expect(!roundings.isEmpty)
        for rounding in roundings {
            let division = try #require(layers.first { $0.outputs == rounding.inputs })
            let (limits, product) = (try reader(rounding), try reader(try reader(rounding)))
            #expect(division.type == "BinaryOp" && division.integer(0) == 3 && limits.type == "Clip")
            #expect([-128, 0].contains(limits.parameters[0].flatMap(Double.init) ?? 1))
            #expect([127, 255].contains(limits.parameters[1].flatMap(Double.init) ?? 1))
            #expect(product.type == "BinaryOp" && product.integer(0) == 2 && product.parameters[2] == division.parameters[2])
        }
        // Between the two convolutions of a block nothing is but the activation, which the first of them does.
        let inner = layers.filter { $0.type == "Convolution" && $0.parameters[9] == "1" }
        #expect(!inner.isEmpty)
        #expect(try inner.allSatisfy { ["Padding", "BinaryOp"].contains(try reader($0).type) })
    }

    @Test func weightsInBytesTakeAFourthOfTheSpace() throws {
        let plain = try SampleNetworks.network(named: "vgg:widths=16,24:blocks=2,2:exits=4")
        let floats = try files(plain, .all)[1].bytes.count
        let bytes = try files(try SampleNetworks.quantized(plain), .all)[1].bytes.count
        #expect(Double(bytes) < 0.35 * Double(floats))
    }

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
