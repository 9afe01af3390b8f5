import Graphs
import Tensors

extension TFLiteWriter {
    /// Writes a group of operators between bytes.
    mutating func write(_ group: ByteGroups.Group, as result: Value) {
        switch group.kind {
        case .convolution:
            byteConvolution(group.node, group.activation, define(result, .channelsLast), named: graph.name(of: result))
        case .addition(let convolution, let addend):
            byteAddition(group, convolution, addend, result)
        case .normalization(let epsilon): byteNormalization(group, epsilon: epsilon, result)
        case .maximum(let attributes):
            let operand = bytes(group.node.inputs[0], like: result)
            pool(group.node, .maxPool2D, attributes, operand, define(result, .channelsLast))
        case .concatenation:
            var operands: [Int] = []
            for value in group.node.inputs { operands.append(bytes(value, like: result)) }
            let output = define(result, .channelsLast)
            append(.concatenation, version: 2, operands, output, options: concatenationOptions(axis: 3))
        }
    }

    /// The bytes that a float stands for, channels last.
    private mutating func bytes(_ value: Value) -> Int { operand(graph.bytes(behind: value)!.bytes, .channelsLast) }

    /// The bytes that a float stands for, in another value's steps: operators that only move bytes change no steps.
    private mutating func bytes(_ value: Value, like other: Value) -> Int {
        let source = bytes(value)
        guard let quantization = quantization(of: other), result.tensors[source].quantization != quantization else {
            return source
        }
        let name = "\(graph.name(of: value))_for_\(graph.name(of: other))"
        let converted = tensor(name, shape(of: source), type: .int8, quantization: quantization)
        append(.quantize, version: 2, [source], converted)
        return converted
    }

    /// - Parameter name: begins the names of what is made.
    private mutating func byteConvolution(_ node: Node, _ activation: FusedActivation, _ output: Int, named name: String) {
        guard case .convolution(let attributes) = node.op,
            let stored = graph.storedIntegers(node.inputs[1])
        else { preconditionFailure("\(name) is no convolution of bytes") }
        let weight = content(of: stored.value)
        let source = bytes(node.inputs[0])
        let scale = result.tensors[source].quantization!.scales[0]
        let isDepthwise = attributes.isDepthwise(channels: graph.shape(of: node.inputs[0])[1])
        let weights = integers(
            weight.permuted(isDepthwise ? [1, 2, 3, 0] : [0, 2, 3, 1]), graph.name(of: stored.value), stored.quantization.scales,
            axis: isDepthwise ? 3 : 0)
        // The scales of the products, as the bias has them.
        let products = stored.quantization.scales.map { $0 * scale }
        let bias: Int
        if node.inputs.count > 2, let stored = graph.storedIntegers(node.inputs[2]) {
            bias = integers(content(of: stored.value), graph.name(of: stored.value), products, axis: 0)
        } else {
            let zeros = [Int32](repeating: 0, count: weight.shape[0])
            bias = integers(Tensor([zeros.count], zeros), name + "_bias", products, axis: 0)
        }
        convolve(node, attributes, [source, weights, bias], weight.shape, activation, output)
    }

    /// TensorFlow Lite's convolutions take no addition along, so what the convolution gives becomes bytes of its own before
    /// it is added. Nothing is lost to saturation: outside of this range the sum saturates as well.
    private mutating func byteAddition(
        _ group: ByteGroups.Group, _ convolution: Node, _ addend: Value, _ target: Value
    ) {
        let name = graph.name(of: convolution.outputs[0])
        let other = operand(addend, .channelsLast)
        let output = define(target, .channelsLast)
        let (sum, added) = (result.tensors[output].quantization!.range, result.tensors[other].quantization!.range)
        let between = TFLiteTensor.Quantization(
            covering: (sum.lowerBound - added.upperBound)...(sum.upperBound - added.lowerBound))
        let term = tensor(name + "_int8", shape(of: output), type: .int8, quantization: between)
        byteConvolution(convolution, .none, term, named: name)
        append(.add, version: 2, [term, other], output, options: arithmeticOptions(.add, group.activation))
    }

    /// A depthwise convolution of one pixel with weights ±127, whose scales are the slopes: exactly a slope and an offset for
    /// each channel.
    private mutating func byteNormalization(_ group: ByteGroups.Group, epsilon: Double, _ target: Value) {
        let node = group.node
        let name = graph.name(of: node.outputs[0])
        let (slopes, offsets) = channelAffine(node, epsilon: epsilon)
        let source = bytes(node.inputs[0])
        let scale = result.tensors[source].quantization!.scales[0]
        // A slope so small that the offset would not fit into 32 bits gets larger steps.
        let scales = slopes.indices.map { channel in
            let largest = max(abs(slopes[channel]) / 127, abs(offsets[channel]) / (scale * 0x1p30))
            return largest > .leastNormalMagnitude ? largest : 1
        }
        let weights = slopes.indices.map { Int8((slopes[$0] / scales[$0]).rounded()) }
        let biases = offsets.indices.map { Int32((offsets[$0] / (scales[$0] * scale)).rounded()) }
        let count = slopes.count
        let inputs = [
            source, integers(Tensor([1, 1, 1, count], int8: weights), name + "_slope", scales, axis: 3),
            integers(Tensor([count], biases), name + "_offset", scales.map { $0 * scale }, axis: 0),
        ]
        let options = ConvolutionOptions(
            attributes: ConvolutionAttributes(groups: count), padding: .valid, activation: group.activation)
        append(.depthwiseConv2D, version: 3, inputs, define(target, .channelsLast), options: options.depthwise(multiplier: 1))
    }

    /// A constant of integers that stand for floats, with a scale for each index along an axis.
    mutating func integers(_ tensor: Tensor, _ name: String, _ scales: [Float], axis: Int) -> Int {
        integers(
            tensor, name,
            .init(scales: scales, zeroPoints: scales.map { _ in 0 }, axis: scales.count > 1 ? axis : 0))
    }

    mutating func integers(_ tensor: Tensor, _ name: String, _ quantization: TFLiteTensor.Quantization) -> Int {
        self.tensor(
            name, tensor.shape.dimensions, type: tensor.dataType == .int32 ? .int32 : .int8, isBatched: false,
            quantization: quantization, content: tensor.withUnsafeBytes { Array($0) })
    }
}

extension TFLiteTensor.Quantization {
    /// Of values, as signed bytes: TensorFlow Lite computes with these, so unsigned ones are 128 less and say so in their zero
    /// point.
    init(_ quantization: Quantization) {
        let zeroPoint: Int64 = quantization.dataType == .uint8 ? -128 : 0
        self.init(scales: quantization.scales, zeroPoints: quantization.scales.map { _ in zeroPoint })
    }

    /// Of values in a range that contains zero.
    init(covering range: ClosedRange<Float>) {
        let scale = (range.upperBound - range.lowerBound) / 255
        let zeroPoint = (-128 - range.lowerBound / scale).rounded()
        self.init(scales: [scale], zeroPoints: [Int64(min(max(zeroPoint, -128), 127))])
    }

    /// The floats that signed bytes stand for.
    var range: ClosedRange<Float> {
        let zero = Float(zeroPoints[0])
        return scales[0] * (-128 - zero)...scales[0] * (127 - zero)
    }
}
