import Graphs
import Tensors

/// Layers of quantized models.
///
/// Between layers values are floats. A convolution of ncnn rounds those that it reads to −127…127 steps, multiplies bytes, and
/// gives floats; what others read is rounded by layers of its own.
extension NCNNTable {
    /// A convolution with weights in bytes; nil where its operands are not bytes, or ncnn has too few scales for it.
    ///
    /// uint8 becomes int8 by a shift: with `z = 127` steps, `Σ w·x = Σ w·(x − z) + z·Σ w`, where the last term belongs to the
    /// bias. Borders are added before the shift, so that they are 0 of what is shifted. Of the steps 0…255 the last is lost.
    func byteConvolution(
        _ attributes: ConvolutionAttributes, _ node: Node, _ activation: NCNNActivation?
    ) -> NCNNOperator? {
        guard let source = graph.producer(of: node.inputs[0]), case .dequantize(let input) = source.op, !input.isPerChannel,
            input.dataType != .int32, let stored = graph.storedIntegers(node.inputs[1]),
            let weight = parameters[graph.name(of: stored.value)], case .int8(let bytes) = weight.storage
        else { return nil }
        let isDepthwise = attributes.groups == weight.shape[0] && weight.shape[1] == 1
        // A scale for each group is all that its other grouped convolutions have.
        guard attributes.groups == 1 || isDepthwise else { return nil }
        guard let bias = bias(of: node, channels: weight.shape[0]) else { return nil }
        let scales = weightScales(stored, weight.shape[0])
        let step = Double(input.scales[0])
        var attributes = attributes
        var steps: [NCNNStep] = []
        var shift = 0.0
        if input.dataType == .uint8 {
            shift = 127 * step
            if attributes.padding != .none {
                let padding = attributes.padding
                steps.append(border(padding, of: .operand(0)))
                attributes.padding = .none
            }
            steps.append(
                scalar(Binary.subtract.rawValue, shift, of: steps.isEmpty ? .operand(0) : .step(0)))
        }
        let size = weight.shape.count / weight.shape[0]
        let shifted = scales.indices.map { channel in
            let sum = bytes[channel * size..<(channel + 1) * size].reduce(0) { $0 + Int($1) }
            return Float(Double(bias[channel]) + shift * Double(scales[channel]) * Double(sum))
        }
        var parameters = convolutionParameters(attributes, weight.shape, hasBias: true)
        parameters += activation?.parameters ?? []
        // The key 31 forbids what an option allows. Minimal filtering adds up to ten times as large numbers in 16 bits, and
        // would need weights of 6 bits.
        parameters += [.integer(8, isDepthwise ? 1 : 2), .integer(31, 1 << 6)]
        let weights: [NCNNWeight] = [
            .bytes(bytes), .raw(shifted), .raw(scales.map { 1 / $0 }), .raw([1 / input.scales[0]]),
        ]
        steps.append(
            NCNNStep(
                isDepthwise ? "ConvolutionDepthWise" : "Convolution",
                [steps.isEmpty ? .operand(0) : .step(steps.count - 1)], parameters, weights: weights))
        return .layers(steps)
    }

    /// A fully connected layer with weights stored in bytes, which computes with floats: the products of the integers, then
    /// a scale for each output; nil where they are not stored so.
    func byteLinear(_ node: Node, _ activation: NCNNActivation?) -> NCNNOperator? {
        guard let stored = graph.storedIntegers(node.inputs[1]), let weight = parameters[graph.name(of: stored.value)],
            case .int8(let bytes) = weight.storage, let bias = bias(of: node, channels: weight.shape[0])
        else { return nil }
        let row = blob(node.outputs[0])
        func binary(_ kind: Binary, _ part: String, _ floats: [Float], of step: Int) -> NCNNStep {
            NCNNStep(
                "BinaryOp", [.step(step), .made(suffix: part, floats: floats, row)], [.integer(0, kind.rawValue)])
        }
        var steps = [
            NCNNStep(
                "InnerProduct", [.operand(0)], [(0, weight.shape[0]), (1, 0), (2, weight.shape.count)].map { .integer($0, $1) },
                weights: [.table(bytes)]),
            binary(.multiply, "steps", weightScales(stored, weight.shape[0]), of: 0),
            binary(.add, "bias", bias, of: 1),
        ]
        if let activation { steps.append(activation.layer(of: .step(2))) }
        return .layers(steps)
    }

    /// A float to the nearest number of steps, within those that the type has, as a float.
    func rounding(_ quantization: Quantization) -> NCNNOperator {
        let step = Double(quantization.scales[0])
        let integers = quantization.dataType.integers ?? 0...0
        return .layers([
            scalar(Binary.divide.rawValue, step, of: .operand(0)),
            NCNNStep("UnaryOp", [.step(0)], [.integer(0, NCNNTable.nearestInteger)]),
            NCNNStep("Clip", [.step(1)], [.float(0, Double(integers.lowerBound)), .float(1, Double(integers.upperBound))]),
            scalar(Binary.multiply.rawValue, step, of: .step(2)),
        ])
    }

    /// The operation of `UnaryOp` that gives the nearest integer.
    private static let nearestInteger = 18

    /// Whether a quantization or dequantization needs no layer, because its operand is rounded, or all that reads its result
    /// does that.
    func isRounded(_ node: Node) -> Bool {
        guard case .quantize = node.op else { return true }
        func readers(_ value: Value) -> [Node] { graph.nodes.filter { $0.inputs.contains(value) } }
        func isOutput(_ value: Value) -> Bool { graph.outputs.contains { $0.value == value } }
        let result = node.outputs[0]
        return !isOutput(result)
            && readers(result).allSatisfy { reader in
                guard case .dequantize = reader.op, !isOutput(reader.outputs[0]) else { return false }
                return readers(reader.outputs[0]).allSatisfy { layer in
                    guard case .convolution(let attributes) = layer.op, layer.inputs[0] == reader.outputs[0] else { return false }
                    return byteConvolution(attributes, layer, nil) != nil
                }
            }
    }

    /// The bias in floats, zeros where there is none; nil where it is computed.
    private func bias(of node: Node, channels: Int) -> [Float]? {
        node.inputs.count > 2 ? stored(node.inputs[2])?.floats : [Float](repeating: 0, count: channels)
    }

    private func weightScales(_ stored: QuantizedFusions.Source, _ channels: Int) -> [Float] {
        (0..<channels).map { stored.scale(of: $0) }
    }
}
