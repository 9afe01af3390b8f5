extension Op {
    /// The operator's name without its attributes, as used in graph text, profiles and messages.
    package var name: String {
        let text = String(describing: self)
        return String(text.prefix { $0 != "(" })
    }

    /// Positions of operands of which only the shape is read; their values need not be kept.
    package var shapeOnlyOperands: Set<Int> {
        switch self {
        case .convolutionDataGradient, .convolutionWeightGradient: [2]
        case .averagePoolGradient, .sumTo, .broadcastTo: [1]
        case .convolution, .linear, .matMul, .batchNormalization, .batchNormalizationTraining,
            .batchNormalizationGradient, .movingAverage, .maxPool, .maxPoolGradient, .averagePool, .globalAveragePool,
            .relu, .reluGradient, .clip, .clipGradient, .affine, .exp, .log, .squareRoot, .stopGradient, .dropout,
            .randomDropout, .add, .subtract, .multiply, .divide, .maximum, .equal, .less, .logSoftmax, .argMax, .oneHot,
            .reduceSum, .reduceMean, .sumOfSquares, .reshape, .concatenate, .channelSlice, .sigmoid, .hardSigmoid, .errorFunction,
            .transpose, .pad, .crop, .momentumUpdate, .quantize, .dequantize, .fakeQuantize, .fakeQuantizeChannels:
            []
        }
    }
}
