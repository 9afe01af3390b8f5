package import Graphs
import Tensors

extension Graph {
    /// The same function with the channels between two convolutions scaled to similar ranges, so that one scale fits them
    /// all (cross-layer equalisation; Nagel et al., "Data-free quantization", 2019, section 4.1).
    ///
    /// A convolution, with or without a ReLU behind it, whose result only one other convolution reads, is divided by `s` in
    /// its output channel and the reader multiplied by it. Behind a depthwise reader, whose weights have a scale for each
    /// channel, `s` makes the ranges equal; otherwise it shares the difference between activations and weights:
    /// `s = √(max|x_c| / max|w_c|)`.
    ///
    /// - Parameter statistics: of the convolutions' results behind their ReLU, by name.
    /// - Returns: the changed parameters, and the layers that were divided.
    package func equalized(
        _ parameters: Parameters, _ statistics: [String: ActivationStatistics]
    ) -> (parameters: Parameters, layers: [String]) {
        var changed = parameters
        var layers: [String] = []
        let readers = consumers()
        let results = Set(outputs.map(\.value))
        func onlyReader(of value: Value) -> Node? {
            readers[value.id].count == 1 && !results.contains(value) ? nodes[readers[value.id][0]] : nil
        }
        for node in nodes {
            guard case .convolution = node.op, var reader = onlyReader(of: node.outputs[0]) else { continue }
            var between = node.outputs[0]
            if case .relu = reader.op {
                between = reader.outputs[0]
                guard let next = onlyReader(of: between) else { continue }
                reader = next
            }
            guard case .convolution(let attributes) = reader.op, let maxima = statistics[name(of: between)]?.maxima,
                attributes.groups == 1 || attributes.groups == maxima.count,
                isOwn(node, readers), isOwn(reader, readers),
                let factors = factors(maxima, reader, attributes, changed)
            else { continue }
            changed.scale(name(of: node.inputs[1]), axis: 0, by: factors.map { 1 / $0 })
            if node.inputs.count > 2 { changed.scale(name(of: node.inputs[2]), axis: 0, by: factors.map { 1 / $0 }) }
            changed.scale(name(of: reader.inputs[1]), axis: attributes.groups == 1 ? 1 : 0, by: factors)
            layers.append(name(of: node.outputs[0]))
        }
        return (changed, layers)
    }

    /// Whether nobody else reads a layer's weights.
    private func isOwn(_ node: Node, _ readers: [[Int]]) -> Bool {
        node.inputs.dropFirst().allSatisfy { origin(of: $0) == .variable && readers[$0.id].count == 1 }
    }

    /// What each channel is divided by; 1 for those that nothing passes through. nil when a weight is missing.
    private func factors(
        _ maxima: [Float], _ reader: Node, _ attributes: ConvolutionAttributes, _ parameters: Parameters
    ) -> [Float]? {
        guard let weight = parameters[name(of: reader.inputs[1])] else { return nil }
        let isDepthwise = attributes.groups > 1
        let slices = weight.largestMagnitudes(axis: isDepthwise ? 0 : 1)
        guard slices.count == maxima.count else { return nil }
        let raw = maxima.indices.map { channel -> Float in
            guard maxima[channel] > 0, slices[channel] > 0 else { return 0 }
            return isDepthwise ? maxima[channel] : (maxima[channel] / slices[channel]).squareRoot()
        }
        let largest = raw.max() ?? 0
        // Channels that hardly ever say anything are not blown up.
        return raw.map { $0 > 0 ? max($0 / largest, 1e-2) : 1 }
    }
}

extension Tensor {
    /// The largest magnitude behind each index along an axis of 0 or 1.
    fileprivate func largestMagnitudes(axis: Int) -> [Float] {
        var largest = [Float](repeating: 0, count: shape[axis])
        let step = shape.strides[axis]
        for (index, scalar) in floats.enumerated() {
            let place = index / step % shape[axis]
            largest[place] = max(largest[place], abs(scalar))
        }
        return largest
    }
}

extension Parameters {
    /// Multiplies the slices of a variable along an axis.
    fileprivate mutating func scale(_ name: String, axis: Int, by factors: [Float]) {
        guard var tensor = self[name] else { return }
        var scalars = tensor.floats
        let step = tensor.shape.strides[axis]
        for index in scalars.indices { scalars[index] *= factors[index / step % factors.count] }
        tensor.floats = scalars
        self[name] = tensor
    }
}
