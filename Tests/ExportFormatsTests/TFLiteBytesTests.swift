import Artifacts
import Graphs
import TFLiteFormat
import Tensors
import TestSupport
import Testing

/// Quantized models as TensorFlow Lite. That LiteRT answers as erde does is checked in Tests/Interop.
@Suite struct TFLiteBytesTests {
    /// A network on integers, with the same range for all values of a sign.
    private func quantized(_ model: Model) throws -> Model {
        let fast = try model.graph.optimizedForInference(model.parameters)
        var ranges: [String: ClosedRange<Float>] = [:]
        for value in QuantizationSites(fast.graph).values {
            let name = fast.graph.name(of: value)
            ranges[name] = name.contains("relu") ? 0...4 : -3...4
        }
        let form = try fast.graph.quantizedForm(fast.parameters, QuantizationPlan(ranges: ranges))
        var model = model
        (model.graph, model.parameters) = form
        return model
    }

    private func read(_ model: Model) throws -> TFLiteReading {
        let request = ExportRequest(shape: .all, modelHash: "")
        return try TFLiteReading(try TFLiteExport.files(of: model, name: "net", request: request)[0].bytes)
    }

    // TensorFlow Lite's numbers.
    private let add: Int32 = 0
    private let convolution: Int32 = 3
    private let dequantize: Int32 = 6
    private let quantize: Int32 = 114
    private let int8: Int8 = 9

    @Test func betweenConvolutionsNothingButBytes() throws {
        let model = try quantized(try SampleNetworks.preResNet())
        let read = try read(model)
        let onBytes = read.calls.filter { $0.code == convolution && read.tensors[$0.inputs[0]].type == int8 }
        #expect(onBytes.count > 5)
        for call in onBytes {
            let (source, weight, bias) = (
                read.tensors[call.inputs[0]], read.tensors[call.inputs[1]], read.tensors[call.inputs[2]]
            )
            let result = read.tensors[call.outputs[0]]
            #expect(weight.type == int8 && result.type == int8 && call.version == 3)
            #expect(weight.scales.count == weight.shape[0] && weight.axis == 0)
            #expect(weight.zeroPoints.allSatisfy { $0 == 0 })
            // The specification has symmetric weights of -127 to 127, and biases of 32 bits without a zero point.
            #expect(weight.bytes.allSatisfy { Int8(bitPattern: $0) >= -127 })
            #expect(bias.bytes.count == 4 * weight.shape[0] && bias.zeroPoints.allSatisfy { $0 == 0 })
            #expect(bias.scales.count == weight.scales.count)
            for (product, scale) in zip(bias.scales, weight.scales) {
                #expect(abs(product - scale * source.scales[0]) <= 1e-6 * product)
            }
        }
        // Of the bytes that come from a ReLU, the smallest stands for zero.
        let positive = read.tensors.filter { $0.name.hasSuffix("_uint8") }
        #expect(!positive.isEmpty)
        for tensor in positive { #expect(tensor.type == int8 && tensor.zeroPoints == [-128] && tensor.scales == [4 / 255]) }
        // Bytes are made once, of the normalised image.
        #expect(read.calls.count { $0.code == quantize } == 1)
    }

    @Test func integersAreTheModels() throws {
        let model = try quantized(try SampleNetworks.preResNet())
        let read = try read(model)
        let weight = try #require(model.parameters["stem_weight"])
        let (outputs, inputs) = (weight.shape[0], weight.shape[1])
        let integers = weight.scalars
        let written = try read.tensor("stem_weight").bytes.map { Int8(bitPattern: $0) }
        for o in 0..<outputs {
            for i in 0..<inputs {
                for place in 0..<9 {
                    #expect(Float(written[(o * 9 + place) * inputs + i]) == integers[(o * inputs + i) * 9 + place])
                }
            }
        }
    }

    @Test func normalisationsAreSlopesAndOffsets() throws {
        let model = try quantized(try SampleNetworks.preResNet())
        let read = try read(model)
        let slopes = try read.tensor("stage1_block1_norm1_slope")
        let offsets = try read.tensor("stage1_block1_norm1_offset")
        func contents(_ name: String) throws -> [Float] { try #require(model.parameters["stage1_block1_norm1_\(name)"]).floats }
        let (scale, bias) = (try contents("scale"), try contents("bias"))
        let (mean, variance) = (try contents("mean"), try contents("variance"))
        let integers = offsets.bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self) }
        }
        #expect(slopes.scales.count == scale.count && slopes.axis == 3)
        for channel in scale.indices {
            let slope = scale[channel] / (variance[channel] + 1e-5).squareRoot()
            let found = Float(Int8(bitPattern: slopes.bytes[channel])) * slopes.scales[channel]
            #expect(abs(found - slope) <= 1e-6 * abs(slope))
            let offset = Float(integers[channel]) * offsets.scales[channel]
            #expect(abs(offset - (bias[channel] - mean[channel] * slope)) <= offsets.scales[channel])
        }
    }

    /// What a convolution gives before an addition loses nothing that the sum's bytes could hold.
    @Test func additionsSaturateWhereTheSumDoes() throws {
        let read = try read(try quantized(try SampleNetworks.preResNet()))
        func range(_ tensor: TFLiteReading.Tensor) -> (lower: Float, upper: Float) {
            let zero = Float(tensor.zeroPoints[0])
            return (tensor.scales[0] * (-128 - zero), tensor.scales[0] * (127 - zero))
        }
        let additions = read.calls.filter { $0.code == add && read.tensors[$0.outputs[0]].type == int8 }
        // Of four blocks; the last sum is read by a head alone, which computes in floats.
        #expect(additions.count == 3)
        for call in additions {
            let term = range(read.tensors[call.inputs[0]])
            let other = range(read.tensors[call.inputs[1]])
            let sum = range(read.tensors[call.outputs[0]])
            let step = read.tensors[call.inputs[0]].scales[0]
            #expect(abs(term.lower - (sum.lower - other.upper)) <= step && abs(term.upper - (sum.upper - other.lower)) <= step)
        }
    }

    @Test func weightsOfHeadsStayBytes() throws {
        let read = try read(try quantized(try SampleNetworks.preResNet()))
        let weight = try read.tensor("exit1_linear_weight")
        #expect(weight.type == int8 && weight.scales.count == 4)
        let index = try #require(read.tensors.firstIndex { $0.name == weight.name })
        #expect(read.calls.contains { $0.code == dequantize && $0.inputs == [index] })
    }
}
