extension Op {
    /// What this operator does with the channels along an axis of a variable or constant at an operand's place; nil where
    /// that says nothing of its own.
    func channelRole(operand: Int, axis: Int) -> ChannelUse.Role? {
        switch self {
        case .convolution(let attributes):
            if operand == 2 { return .shifts }
            return axis == 0 ? (attributes.groups == 1 ? .makes : .filters) : .reads
        case .linear: return operand == 2 ? .shifts : axis == 0 ? .makes : .reads
        case .batchNormalization, .batchNormalizationTraining, .batchNormalizationGradient: return .normalizes
        case .convolutionDataGradient, .convolutionWeightGradient, .matMul, .movingAverage, .maxPool, .maxPoolGradient,
            .averagePool, .averagePoolGradient, .globalAveragePool, .relu, .reluGradient, .clip, .clipGradient, .affine,
            .exp, .log, .squareRoot, .sigmoid, .hardSigmoid, .errorFunction, .stopGradient, .dropout, .randomDropout, .add,
            .subtract, .multiply, .divide,
            .maximum, .equal, .less, .logSoftmax, .argMax, .oneHot, .reduceSum, .reduceMean, .sumOfSquares, .sumTo,
            .broadcastTo, .reshape, .transpose, .pad, .crop, .concatenate, .channelSlice, .momentumUpdate, .quantize, .dequantize,
            .fakeQuantize, .fakeQuantizeChannels:
            return .scales
        }
    }
}
