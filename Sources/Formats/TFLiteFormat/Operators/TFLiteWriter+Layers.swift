import Graphs
import Tensors

extension TFLiteWriter {
    /// Weights `[O, I/groups, h, w]` become `[O, h, w, I/groups]`, those of a depthwise convolution `[1, h, w, O]`.
    mutating func convolution(_ node: Node, _ attributes: ConvolutionAttributes) {
        let (target, activation) = target(of: node)
        let isDepthwise = attributes.isDepthwise(channels: graph.shape(of: node.inputs[0])[1])
        let source = operand(node.inputs[0], .channelsLast)
        let weights = weight(node.inputs[1], axis: isDepthwise ? 3 : 0) {
            $0.permuted(isDepthwise ? [1, 2, 3, 0] : [0, 2, 3, 1])
        }
        let shape = graph.shape(of: node.inputs[1])
        let inputs = [source, weights, bias(node, count: shape[0])]
        convolve(node, attributes, inputs, shape, activation, define(target, .channelsLast))
    }

    /// - Parameters:
    ///   - inputs: the images, the weights as TensorFlow Lite has them, the bias.
    ///   - weight: the shape of the weights in the graph.
    mutating func convolve(
        _ node: Node, _ attributes: ConvolutionAttributes, _ inputs: [Int], _ weight: Shape, _ activation: FusedActivation,
        _ output: Int
    ) {
        let (input, padding) = padded(
            inputs[0], node, attributes.padding, kernel: Extent(height: weight[2], width: weight[3]),
            strides: attributes.strides, dilations: attributes.dilations, outside: nil)
        let operands = [input] + inputs.dropFirst()
        let options = ConvolutionOptions(attributes: attributes, padding: padding, activation: activation)
        let isOfBytes = result.tensors[input].type == .int8
        let channels = graph.shape(of: node.inputs[0])[1]
        if attributes.isDepthwise(channels: channels) {
            let version: Int32 = isOfBytes ? 3 : attributes.dilations == Extent(1) ? 1 : 2
            append(
                .depthwiseConv2D, version: version, operands, output,
                options: options.depthwise(multiplier: weight[0] / channels))
        } else {
            let version: Int32 = attributes.groups > 1 ? 6 : isOfBytes ? 3 : 1
            append(.conv2D, version: version, operands, output, options: options.standard)
        }
    }

    /// A layer's weights in the file's order; those stored as integers stay so, and floats are made of them when the file is
    /// loaded.
    ///
    /// - Parameter axis: of the output channels, in the file's order.
    private mutating func weight(_ value: Value, axis: Int, arrange: (Tensor) -> Tensor) -> Int {
        let name = graph.name(of: value)
        guard let stored = graph.storedIntegers(value), stored.quantization.dataType == .int8 else {
            let arranged = arrange(content(of: value))
            return floats(arranged.floats, name, shape: arranged.shape.dimensions)
        }
        let arranged = arrange(content(of: stored.value))
        let bytes = integers(arranged, graph.name(of: stored.value), stored.quantization.scales, axis: axis)
        let floats = tensor(name, arranged.shape.dimensions, isBatched: false)
        append(.dequantize, version: stored.quantization.isPerChannel ? 5 : 2, [bytes], floats)
        return floats
    }

    /// A layer's bias, zeros where it has none.
    private mutating func bias(_ node: Node, count: Int) -> Int {
        guard node.inputs.count > 2 else {
            return floats([Float](repeating: 0, count: count), graph.name(of: node.outputs[0]) + "_bias", shape: [count])
        }
        return floats(content(of: node.inputs[2]).floats, graph.name(of: node.inputs[2]), shape: [count])
    }

    /// - Parameter transposed: whether the stored matrix is `[I, O]`.
    mutating func fullyConnected(_ node: Node, transposed: Bool) {
        let (target, activation) = target(of: node)
        let image = flattened[node.inputs[0]]
        let weights = weight(node.inputs[1], axis: 0) { stored in
            let weight = transposed ? stored.permuted([1, 0]) : stored
            guard let image else { return weight }
            // Columns in the order in which the features lie.
            return weight.reshaped(Shape([weight.shape[0], image[1], image[2], image[3]])).permuted([0, 2, 3, 1])
                .reshaped(weight.shape)
        }
        let inputs = [operand(node.inputs[0], .graph), weights, bias(node, count: shape(of: weights)[0])]
        var table = FlatTable()
        table.set(TFLiteFields.FullyConnectedOptions.fusedActivationFunction, .int8(activation.rawValue))
        append(.fullyConnected, inputs, define(target), options: (.fullyConnectedOptions, table))
    }

    /// `x · s + (bias − mean · s)` with `s = scale / √(variance + ε)`, one of each for a channel.
    mutating func normalization(_ node: Node, epsilon: Double) {
        let (target, activation) = target(of: node)
        let (scale, shift) = channelAffine(node, epsilon: epsilon)
        let name = graph.name(of: node.outputs[0])
        let order = AxisOrder.preferred(rank: graph.shape(of: node.inputs[0]).rank)
        let input = operand(node.inputs[0], order)
        let product = tensor(name + "_scaled", shape(of: input))
        let factors = [input, floats(scale, name + "_scale", shape: [scale.count])]
        append(.mul, factors, product, options: arithmeticOptions(.mul, .none))
        let terms = [product, floats(shift, name + "_shift", shape: [shift.count])]
        append(.add, terms, define(target, order), options: arithmeticOptions(.add, activation))
    }

    /// The scale and the shift of each channel that a normalisation amounts to.
    func channelAffine(_ node: Node, epsilon: Double) -> (scale: [Float], shift: [Float]) {
        let operands = node.inputs.dropFirst().map { content(of: $0).floats.map(Double.init) }
        let (gain, bias, mean, variance) = (operands[0], operands[1], operands[2], operands[3])
        let scale = gain.indices.map { gain[$0] / (variance[$0] + epsilon).squareRoot() }
        return (scale.map { Float($0) }, scale.indices.map { Float(bias[$0] - mean[$0] * scale[$0]) })
    }
}
