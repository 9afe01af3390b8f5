import Graphs

/// Activations that the operator before them computes as well.
struct ActivationFusions {
    /// The result that an operator has with its activation, and the activation, by the operator's own result.
    private(set) var results: [Value: (value: Value, activation: FusedActivation)] = [:]
    /// Results of operators that need not be written any more.
    private(set) var absorbed: Set<Value> = []

    init(_ graph: Graph) {
        let readers = graph.consumers()
        let outputs = Set(graph.outputs.map(\.value))
        for node in graph.nodes where node.op.takesActivation {
            let result = node.outputs[0]
            guard readers[result.id].count == 1, !outputs.contains(result) else { continue }
            let reader = graph.nodes[readers[result.id][0]]
            guard let activation = FusedActivation(reader.op) else { continue }
            results[result] = (reader.outputs[0], activation)
            absorbed.insert(reader.outputs[0])
        }
    }
}

extension Op {
    /// Whether TensorFlow Lite's operator has a field for an activation.
    fileprivate var takesActivation: Bool {
        switch self {
        case .convolution, .linear, .matMul, .batchNormalization, .add, .subtract, .multiply, .divide: true
        case .convolutionDataGradient, .convolutionWeightGradient, .batchNormalizationTraining, .batchNormalizationGradient,
            .movingAverage, .maxPool, .maxPoolGradient, .averagePool, .averagePoolGradient, .globalAveragePool, .relu,
            .reluGradient, .clip, .clipGradient, .affine, .exp, .log, .squareRoot, .sigmoid, .hardSigmoid, .errorFunction,
            .stopGradient, .dropout, .randomDropout, .maximum, .equal, .less, .logSoftmax, .argMax, .oneHot, .reduceSum,
            .reduceMean, .sumOfSquares, .sumTo, .broadcastTo, .reshape, .transpose, .pad, .crop, .concatenate, .channelSlice,
            .quantize, .dequantize, .fakeQuantize, .fakeQuantizeChannels, .momentumUpdate:
            false
        }
    }
}
