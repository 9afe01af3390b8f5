package import Diagnostics
import Tensors

extension Graph {
    /// The same function of the image with fewer operators: marked dropouts are removed, and a batch normalisation is
    /// folded into the convolution or fully connected layer before it.
    ///
    /// With `s = scale/√(variance + ε)`, folding turns weight `w` into `w·s` per output channel and bias `b` into
    /// `(b − mean)·s + bias`. It is done where nothing else reads the layer's result, weight or bias. Weights keep their
    /// names; a layer without bias gets the variable `<layer>_bias`. Nodes and variables that nothing reads are removed.
    ///
    /// - Parameter parameters: contents of all variables of a canonical graph, which has no updates.
    /// - Throws: `ErdeError` of kind `badData` when a variable is missing in `parameters` or has another shape.
    package func optimizedForInference(
        _ parameters: Parameters
    ) throws(ErdeError) -> (graph: Graph, parameters: Parameters) {
        precondition(updates.isEmpty, "\(updates.count) updates in a canonical graph")
        let folds = normalizationFolds()
        let foldedLayers = Dictionary(uniqueKeysWithValues: folds.values.map { ($0.layer.outputs[0], $0) })
        var contents = parameters
        var builder = GraphBuilder()
        // Inputs keep their names: they are declared before anything else.
        var bindings: [Value: Value] = [:]
        for input in inputs {
            bindings[input.value] = builder.input(name(of: input.value), type(of: input.value), isBatched: input.isBatched)
        }
        let mapped = try builder.inline(self, bindings: bindings) {
            (node, operands, name, builder) throws(ErdeError) -> [Value]? in
            if case .dropout = node.op { return [operands[0]] }
            if folds[node.outputs[0]] != nil { return [operands[0]] }
            guard let fold = foldedLayers[node.outputs[0]] else { return nil }
            let folded = try self.foldedWeights(fold, parameters)
            let bias: Value
            if operands.count > 2 {
                bias = operands[2]
            } else {
                bias = builder.variable("\(name)_bias", folded.bias.shape, role: .bias)
            }
            contents[builder.graph.name(of: operands[1])] = folded.weight
            contents[builder.graph.name(of: bias)] = folded.bias
            return [try builder.apply(node.op, operands[0], operands[1], bias, name: name)]
        }
        for output in outputs { builder.output(output.name, mapped[output.value]!) }
        let graph = builder.graph.removingDeadNodes()
        var kept = Parameters()
        for variable in graph.variables {
            let name = graph.name(of: variable.value)
            kept[name] = try contents.tensor(name, graph.type(of: variable.value))
        }
        return (graph, kept)
    }

    /// A layer and the batch normalisation to fold into it.
    private struct NormalizationFold {
        let layer: Node
        let normalization: Node
        let epsilon: Double
    }

    /// Batch normalisations that can be folded, by their result.
    private func normalizationFolds() -> [Value: NormalizationFold] {
        let readers = consumers()
        let results = Set(outputs.map(\.value))
        func isReadOnce(_ value: Value) -> Bool { readers[value.id].count == 1 && !results.contains(value) }
        var folds: [Value: NormalizationFold] = [:]
        for node in nodes {
            guard case .batchNormalization(let attributes) = node.op, let layer = producer(of: node.inputs[0]),
                layer.op.hasOutputChannels, isReadOnce(node.inputs[0]),
                layer.inputs.dropFirst().allSatisfy({ origin(of: $0) == .variable && isReadOnce($0) }),
                node.inputs.dropFirst().allSatisfy({ origin(of: $0) == .variable })
            else { continue }
            folds[node.outputs[0]] = NormalizationFold(layer: layer, normalization: node, epsilon: attributes.epsilon)
        }
        return folds
    }

    /// Weight and bias of a layer that does the normalisation as well.
    private func foldedWeights(
        _ fold: NormalizationFold, _ parameters: Parameters
    ) throws(ErdeError) -> (weight: Tensor, bias: Tensor) {
        func content(_ value: Value) throws(ErdeError) -> Tensor {
            try parameters.tensor(name(of: value), type(of: value))
        }
        let operands = fold.normalization.inputs
        let scale = try content(operands[1]).floats
        let shift = try content(operands[2]).floats
        let mean = try content(operands[3]).floats
        let variance = try content(operands[4]).floats
        var weight = try content(fold.layer.inputs[1])
        var bias = [Float](repeating: 0, count: scale.count)
        if fold.layer.inputs.count > 2 { bias = try content(fold.layer.inputs[2]).floats }
        let perChannel = weight.shape.dimensions.dropFirst().reduce(1, *)
        var scalars = weight.floats
        for channel in scale.indices {
            let slope = Double(scale[channel]) / (Double(variance[channel]) + fold.epsilon).squareRoot()
            for index in channel * perChannel..<(channel + 1) * perChannel {
                scalars[index] = Float(Double(scalars[index]) * slope)
            }
            bias[channel] = Float((Double(bias[channel]) - Double(mean[channel])) * slope + Double(shift[channel]))
        }
        weight.floats = scalars
        return (weight, Tensor([bias.count], bias))
    }
}

extension Op {
    /// Whether the operator is a layer whose weight's axis 0 is the channel axis of its result.
    fileprivate var hasOutputChannels: Bool {
        switch self {
        case .convolution, .linear: true
        case .convolutionDataGradient, .convolutionWeightGradient, .matMul, .batchNormalization,
            .batchNormalizationTraining, .batchNormalizationGradient, .movingAverage, .maxPool, .maxPoolGradient,
            .averagePool, .averagePoolGradient, .globalAveragePool, .relu, .reluGradient, .clip, .clipGradient, .affine,
            .exp, .log, .squareRoot, .stopGradient, .dropout, .randomDropout, .add, .subtract, .multiply, .divide,
            .maximum, .equal, .less, .logSoftmax, .argMax, .oneHot, .reduceSum, .reduceMean, .sumOfSquares, .sumTo,
            .broadcastTo, .reshape, .concatenate, .channelSlice, .sigmoid, .hardSigmoid, .errorFunction, .transpose, .pad, .crop,
            .momentumUpdate, .quantize, .dequantize, .fakeQuantize, .fakeQuantizeChannels:
            false
        }
    }
}

extension Parameters {
    /// A variable's content, of the type that the graph wants.
    fileprivate func tensor(_ name: String, _ type: TensorType) throws(ErdeError) -> Tensor {
        guard let tensor = self[name] else {
            throw ErdeError(.badData, name, "expected a tensor of shape \(type.shape), found none")
        }
        guard tensor.type == type else {
            throw ErdeError(.badData, name, "expected \(type), found \(tensor.type)")
        }
        return tensor
    }
}
