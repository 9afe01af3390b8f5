import Artifacts
import Diagnostics
import Foundation
import Graphs
import TFLiteFormat
import Tensors
import TestSupport
import Testing

/// What is in TensorFlow Lite files. That LiteRT computes the same is checked in Tests/Interop.
@Suite struct TFLiteTests {
    private func request(_ shape: ExportShape, policy: ExitPolicy? = nil) -> ExportRequest {
        ExportRequest(shape: shape, policy: policy, modelHash: String(repeating: "a", count: 64))
    }

    private func read(_ model: Model, _ shape: ExportShape = .all) throws -> TFLiteReading {
        let files = try TFLiteExport.files(of: model, name: "net.tflite", request: request(shape))
        #expect(files.map(\.name) == ["net.tflite"])
        return try TFLiteReading(files[0].bytes)
    }

    @Test func theFileSaysWhatItIs() throws {
        let model = try SampleNetworks.preResNet()
        let read = try read(model)
        #expect(read.model.scalar(0) == 3)
        let inputs = try read.signature(0)
        #expect(inputs.map(\.name) == ["image"])
        #expect(inputs[0].tensor.shape == [1, 13, 17, 3])
        #expect(inputs[0].tensor.signature == [-1, 13, 17, 3])
        let outputs = try read.signature(1)
        #expect(outputs.map(\.name) == ["logits_exit1", "logits_exit2", "logits_exit3"])
        #expect(outputs.map(\.tensor.name) == outputs.map(\.name))
        for output in outputs { #expect(output.tensor.signature == [-1, 4]) }
        let entry = try #require(read.model.tables(6).first)
        #expect(entry.string(0) == "erde")
        let buffer = read.model.tables(4)[Int(try #require(entry.scalar(1, as: UInt32.self)))]
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(buffer.scalars(0, as: UInt8.self))) as? [String: Any])
        #expect(json["classNames"] as? [String] == model.metadata.classNames)
        #expect(json["cumulativeMACs"] as? [Int] == model.metadata.cumulativeMACs)
        #expect((json["export"] as? [String: Any])?["modelHash"] as? String == String(repeating: "a", count: 64))
    }

    @Test func constantsLieWhereTheRuntimeWantsThem() throws {
        let read = try read(try SampleNetworks.preResNet())
        let buffers = read.model.tables(4)
        #expect(buffers[0].scalars(0, as: UInt8.self).isEmpty)
        let places = buffers.dropFirst().compactMap { $0.firstElement(0) }
        #expect(places.count == buffers.count - 1)
        #expect(places.allSatisfy { $0 % 16 == 0 })
    }

    @Test func namesAreUniqueAndTensorsComputedBeforeTheyAreRead() throws {
        for name in SampleNetworks.families {
            let read = try read(try SampleNetworks.network(named: name))
            #expect(Set(read.tensors.map(\.name)).count == read.tensors.count)
            var known = Set(try read.signature(0).map(\.tensor.name))
            for call in read.calls {
                for input in call.inputs {
                    let tensor = read.tensors[input]
                    #expect(known.contains(tensor.name) || !tensor.bytes.isEmpty, "\(tensor.name) in \(name)")
                }
                for output in call.outputs { #expect(known.insert(read.tensors[output].name).inserted) }
            }
        }
    }

    @Test func weightsAreTurned() throws {
        let model = try SampleNetworks.network(named: "mobilenetv2:widths=3,5,5:blocks=1,2,1:last=11")
        let fast = try model.graph.optimizedForInference(model.parameters)
        let read = try read(model)
        var depthwise = 0
        for node in fast.graph.nodes {
            guard case .convolution(let attributes) = node.op else { continue }
            let name = fast.graph.name(of: node.inputs[1])
            let weight = try #require(fast.parameters[name])
            let (outputs, inputs, height, width) = (weight.shape[0], weight.shape[1], weight.shape[2], weight.shape[3])
            let written = try read.tensor(name)
            let isDepthwise = attributes.groups > 1
            depthwise += isDepthwise ? 1 : 0
            #expect(written.shape == (isDepthwise ? [1, height, width, outputs] : [outputs, height, width, inputs]))
            var expected = [Float](repeating: .nan, count: weight.shape.count)
            for o in 0..<outputs {
                for i in 0..<inputs {
                    for y in 0..<height {
                        for x in 0..<width {
                            let place =
                                isDepthwise ? (y * width + x) * outputs + o : ((o * height + y) * width + x) * inputs + i
                            expected[place] = weight.floats[((o * inputs + i) * height + y) * width + x]
                        }
                    }
                }
            }
            #expect(written.floats == expected, "\(name)")
        }
        #expect(depthwise > 0)
    }

    /// Features of an image of several pixels are flattened as they lie, and the next layer's columns follow.
    @Test func columnsFollowTheFeatures() throws {
        var builder = GraphBuilder()
        let image = builder.input(Model.inputName, TensorType([1, 2, 2, 3]))
        let rows = try builder.apply(.reshape(trailing: [12]), image)
        let weight = builder.variable("last_weight", [4, 12], role: .weight)
        builder.output("logits_exit1", try builder.apply(.linear, rows, weight, name: "last"))
        var model = try SampleNetworks.preResNet()
        model.graph = builder.graph
        model.parameters = Parameters(["last_weight": Tensor([4, 12], (0..<48).map(Float.init))])
        let read = try read(model)
        // Place (y, x, channel) of the file is element (channel, y, x) of the model.
        let order = [0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11].map(Float.init)
        #expect(try read.tensor("last_weight").floats == (0..<4).flatMap { row in order.map { $0 + Float(12 * row) } })
        #expect(read.calls.map(\.code) == [22, 9])
        // Where the features themselves are an output, they lie as the model has them.
        builder.output("features", rows)
        model.graph = builder.graph
        let turned = try self.read(model)
        #expect(turned.calls.map(\.code) == [39, 22, 9])
        #expect(try turned.tensor("last_weight").floats == (0..<48).map(Float.init))
    }

    /// `SAME` puts the larger half of its padding behind; other padding is written out.
    @Test(arguments: [
        (side: 9, stride: 2, padding: Padding(1), codes: [3], mode: 0),
        (side: 8, stride: 2, padding: Padding(1), codes: [34, 3], mode: 1),
        (side: 8, stride: 2, padding: Padding(top: 0, left: 0, bottom: 1, right: 1), codes: [3], mode: 0),
        (side: 8, stride: 1, padding: Padding(1), codes: [3], mode: 0),
        (side: 8, stride: 1, padding: Padding.none, codes: [3], mode: 1),
        (side: 8, stride: 1, padding: Padding(2), codes: [34, 3], mode: 1),
    ])
    func padding(side: Int, stride: Int, padding: Padding, codes: [Int32], mode: Int8) throws {
        var builder = GraphBuilder()
        let image = builder.input(Model.inputName, TensorType([1, 3, side, side]))
        let weight = builder.variable("weight", [4, 3, 3, 3], role: .weight)
        let attributes = ConvolutionAttributes(strides: Extent(stride), padding: padding)
        let x = try builder.apply(.convolution(attributes), image, weight, name: "layer")
        let active = try builder.apply(.relu, x, name: "active")
        builder.output("logits_exit1", try builder.apply(.reduceMean(Reduction(axes: [2, 3])), active))
        var model = try SampleNetworks.preResNet()
        model.graph = builder.graph
        model.parameters = Parameters(["weight": Tensor(repeating: 1, [4, 3, 3, 3])])
        let read = try read(model)
        #expect(read.calls.map(\.code) == codes + [40])
        let call = try read.call(for: "active")
        #expect(call.options?.scalar(0, as: Int8.self) == mode)
        // The activation is the convolution's.
        #expect(call.options?.scalar(3, as: Int8.self) == 1)
    }

    @Test func stagesHaveAContract() throws {
        let model = try SampleNetworks.network(named: "msdnet:layers=4:base=1:step=1:growth=3:stem=5")
        let policy = ExitPolicy(thresholds: [Double](repeating: 0.5, count: model.exitCount - 1))
        let files = try TFLiteExport.files(of: model, name: "", request: request(.stages, policy: policy))
        #expect(files.map(\.name) == ["stages.json"] + (1...model.exitCount).map { "stage\($0).tflite" })
        let json = try #require(try JSONSerialization.jsonObject(with: Data(files[0].bytes)) as? [String: Any])
        let stages = try #require(json["stages"] as? [[String: Any]])
        for (index, stage) in stages.enumerated() {
            let read = try TFLiteReading(files[index + 1].bytes)
            let inputs = try #require(stage["inputs"] as? [[String: Any]])
            let carries = try #require(stage["carries"] as? [[String: Any]])
            #expect(try read.signature(0).map(\.name) == inputs.map { $0["name"] as? String ?? "" })
            #expect(
                try read.signature(1).map(\.name)
                    == ["logits_exit\(index + 1)", "score_exit\(index + 1)"] + carries.map { $0["name"] as? String ?? "" })
            for port in inputs + carries where (port["shape"] as? [Any])?.count == 4 {
                #expect(port["layout"] as? String == "NHWC")
                let extents = (port["shape"] as? [Any])?.dropFirst().compactMap { $0 as? Int }
                #expect(try read.tensor(port["name"] as? String ?? "").signature == [-1] + (extents ?? []))
            }
        }
    }

    @Test func aCutIsAModelOfOneExit() throws {
        let read = try read(try SampleNetworks.preResNet(), .cut(exit: 1))
        #expect(try read.signature(1).map(\.name) == ["logits_exit1"])
    }

    @Test func whatTheFormatHasNotIsRefused() throws {
        var model = try SampleNetworks.preResNet()
        let dynamic = #expect(throws: ErdeError.self) { try read(model, .dynamic(takesThresholds: false)) }
        #expect(dynamic?.kind == .usage)
        var builder = GraphBuilder()
        let image = builder.input(Model.inputName, TensorType([1, 4]))
        let total = try builder.apply(.sumOfSquares, image)
        let product = try builder.apply(.matMul(transposeLeft: true, transposeRight: false), image, image)
        builder.output("logits_exit1", try builder.apply(.multiply, product, total))
        builder.output("logits_exit2", image)
        model.graph = builder.graph
        let error = #expect(throws: ErdeError.self) { try read(model) }
        #expect(error?.kind == .badData)
        for part in ["sumOfSquares", "matMul", "fewer axes", "logits_exit2"] {
            #expect(error?.problem.contains(part) == true, "\(part)")
        }
    }

    @Test func everyLayer() throws {
        let read = try read(try SampleNetworks.manyLayers())
        // EXP, LOG_SOFTMAX, ABS of the error function, RELU_0_TO_1, SLICE.
        #expect(Set(read.calls.map(\.code)).isSuperset(of: [47, 50, 101, 152, 65]))
    }
}
