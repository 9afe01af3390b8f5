import Graphs

/// An operator without its attributes. A new operator does not compile before it stands here, and does not pass before
/// there are cases for it.
enum OpKind: String, CaseIterable, Sendable, Decodable {
    case convolution, convolutionDataGradient, convolutionWeightGradient, linear, matMul
    case batchNormalization, batchNormalizationTraining, batchNormalizationGradient, movingAverage
    case maxPool, maxPoolGradient, averagePool, averagePoolGradient, globalAveragePool
    case relu, reluGradient, clip, clipGradient, affine, exp, log, squareRoot, stopGradient, dropout, randomDropout
    case add, subtract, multiply, divide, maximum, equal, less
    case logSoftmax, argMax, oneHot, reduceSum, reduceMean, sumOfSquares, sumTo, broadcastTo, reshape
    case concatenate, channelSlice
    case sigmoid, hardSigmoid, errorFunction, transpose, pad, crop
    case quantize, dequantize, fakeQuantize, fakeQuantizeChannels
    case momentumUpdate

    /// Why an operator has no check of its gradient.
    enum Gradient: Equatable {
        /// It has one, against finite differences.
        case checked
        /// It is constant almost everywhere, or stops gradients by definition: its gradient is zero.
        case zero
        /// By definition that of something smoother, tested for itself.
        case straightThrough
        /// It only stands in gradients and updates, which are not differentiated again.
        case none
    }

    var gradient: Gradient {
        switch self {
        case .convolution, .linear, .matMul, .batchNormalization, .batchNormalizationTraining, .movingAverage, .maxPool,
            .averagePool, .globalAveragePool, .relu, .clip, .affine, .exp, .log, .squareRoot, .dropout, .randomDropout,
            .add, .subtract, .multiply, .divide, .maximum, .logSoftmax, .reduceSum, .reduceMean, .sumOfSquares, .sumTo,
            .broadcastTo, .reshape, .concatenate, .channelSlice, .sigmoid, .hardSigmoid, .errorFunction, .transpose, .pad,
            .crop:
            .checked
        case .stopGradient, .equal, .less, .argMax, .oneHot, .quantize, .dequantize:
            .zero
        case .fakeQuantize, .fakeQuantizeChannels:
            .straightThrough
        case .convolutionDataGradient, .convolutionWeightGradient, .batchNormalizationGradient, .maxPoolGradient,
            .averagePoolGradient, .reluGradient, .clipGradient, .momentumUpdate:
            .none
        }
    }
}

extension Op {
    var kind: OpKind {
        switch self {
        case .convolution: .convolution
        case .convolutionDataGradient: .convolutionDataGradient
        case .convolutionWeightGradient: .convolutionWeightGradient
        case .linear: .linear
        case .matMul: .matMul
        case .batchNormalization: .batchNormalization
        case .batchNormalizationTraining: .batchNormalizationTraining
        case .batchNormalizationGradient: .batchNormalizationGradient
        case .movingAverage: .movingAverage
        case .maxPool: .maxPool
        case .maxPoolGradient: .maxPoolGradient
        case .averagePool: .averagePool
        case .averagePoolGradient: .averagePoolGradient
        case .globalAveragePool: .globalAveragePool
        case .relu: .relu
        case .reluGradient: .reluGradient
        case .clip: .clip
        case .clipGradient: .clipGradient
        case .affine: .affine
        case .exp: .exp
        case .log: .log
        case .squareRoot: .squareRoot
        case .stopGradient: .stopGradient
        case .dropout: .dropout
        case .randomDropout: .randomDropout
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .divide
        case .maximum: .maximum
        case .equal: .equal
        case .less: .less
        case .logSoftmax: .logSoftmax
        case .argMax: .argMax
        case .oneHot: .oneHot
        case .reduceSum: .reduceSum
        case .reduceMean: .reduceMean
        case .sumOfSquares: .sumOfSquares
        case .sumTo: .sumTo
        case .broadcastTo: .broadcastTo
        case .reshape: .reshape
        case .concatenate: .concatenate
        case .channelSlice: .channelSlice
        case .sigmoid: .sigmoid
        case .hardSigmoid: .hardSigmoid
        case .errorFunction: .errorFunction
        case .transpose: .transpose
        case .pad: .pad
        case .crop: .crop
        case .quantize: .quantize
        case .dequantize: .dequantize
        case .fakeQuantize: .fakeQuantize
        case .fakeQuantizeChannels: .fakeQuantizeChannels
        case .momentumUpdate: .momentumUpdate
        }
    }
}
