import Glibc
import Graphs
import Tensors

extension ReferenceEngine {
    /// The results of one operator for the operands `x`.
    ///
    /// - Parameter shapes: the results' shapes, as inferred when the graph was built.
    static func results(of op: Op, _ x: [DoubleTensor], shapes: [Shape]) -> [DoubleTensor] {
        switch op {
        case .convolution(let attributes):
            [convolution(x[0], weight: x[1], bias: x.count > 2 ? x[2] : nil, attributes, shape: shapes[0])]
        case .convolutionDataGradient(let attributes):
            [convolutionDataGradient(x[0], weight: x[1], attributes, shape: shapes[0])]
        case .convolutionWeightGradient(let attributes):
            [convolutionWeightGradient(x[0], x: x[1], attributes, shape: shapes[0])]
        case .linear: [linear(x[0], weight: x[1], bias: x.count > 2 ? x[2] : nil)]
        case .matMul(let left, let right): [matMul(x[0], x[1], transposeLeft: left, transposeRight: right)]

        case .batchNormalization(let attributes):
            [batchNormalization(x[0], scale: x[1], bias: x[2], mean: x[3], variance: x[4], attributes)]
        case .batchNormalizationTraining(let attributes):
            batchNormalizationTraining(x[0], scale: x[1], bias: x[2], attributes)
        case .batchNormalizationGradient(let attributes):
            batchNormalizationGradient(x[0], x: x[1], scale: x[2], mean: x[3], variance: x[4], attributes)
        case .movingAverage(let momentum): [combine(x[0], x[1]) { (1 - momentum) * $0 + momentum * $1 }]

        case .maxPool(let attributes): [maxPool(x[0], attributes, shape: shapes[0])]
        case .maxPoolGradient(let attributes): [maxPoolGradient(x[0], x: x[1], attributes)]
        case .averagePool(let attributes): [averagePool(x[0], attributes, shape: shapes[0])]
        case .averagePoolGradient(let attributes): [averagePoolGradient(x[0], attributes, shape: shapes[0])]
        case .globalAveragePool: [reduceMean(x[0], Reduction(axes: [2, 3]), shape: shapes[0])]

        // `x < 0 ? 0 : x` and not the other way round, so that a NaN is passed on.
        case .relu: [x[0].map { $0 < 0 ? 0 : $0 }]
        case .reluGradient: [combine(x[0], x[1]) { dy, y in y > 0 ? dy : 0 }]
        case .clip(let lower, let upper): [x[0].map { $0 < lower ? lower : $0 > upper ? upper : $0 }]
        case .clipGradient(let lower, let upper):
            [combine(x[0], x[1]) { dy, x in lower < x && x < upper ? dy : 0 }]
        case .affine(let scale, let offset): [x[0].map { scale * $0 + offset }]
        case .exp: [x[0].map { Glibc.exp($0) }]
        case .log: [x[0].map { Glibc.log($0) }]
        case .squareRoot: [x[0].map { $0.squareRoot() }]
        case .sigmoid: [x[0].map { 1 / (1 + Glibc.exp(-$0)) }]
        case .hardSigmoid(let slope, let offset):
            [
                x[0].map {
                    let y = slope * $0 + offset
                    return y < 0 ? 0 : y > 1 ? 1 : y
                }
            ]
        case .errorFunction: [x[0].map { erf($0) }]
        case .stopGradient, .dropout: [x[0]]
        case .randomDropout(let rate, let salt): [randomDropout(x[0], seed: x[1], rate: rate, salt: salt)]

        case .add: [combine(x[0], x[1], +)]
        case .subtract: [combine(x[0], x[1], -)]
        case .multiply: [combine(x[0], x[1], *)]
        case .divide: [combine(x[0], x[1], /)]
        case .maximum: [combine(x[0], x[1]) { a, b in a < b || b.isNaN ? b : a }]
        case .equal: [combine(x[0], x[1]) { $0 == $1 ? 1 : 0 }]
        case .less: [combine(x[0], x[1]) { $0 < $1 ? 1 : 0 }]

        case .logSoftmax: [logSoftmax(x[0])]
        case .argMax: [argMax(x[0])]
        case .oneHot(let classes): [oneHot(x[0], classes: classes)]
        case .reduceSum(let reduction): [reduceSum(x[0], reduction, shape: shapes[0])]
        case .reduceMean(let reduction): [reduceMean(x[0], reduction, shape: shapes[0])]
        case .sumOfSquares: [DoubleTensor(.scalar, [x[0].elements.reduce(0) { $0 + $1 * $1 }])]
        case .sumTo: [sumTo(x[0], shapes[0])]
        case .broadcastTo: [broadcastTo(x[0], shapes[0])]
        case .reshape: [DoubleTensor(shapes[0], x[0].elements)]

        case .transpose(let permutation): [transpose(x[0], permutation, shape: shapes[0])]
        case .pad(let padding): [pad(x[0], padding, shape: shapes[0])]
        case .crop(let padding): [crop(x[0], padding, shape: shapes[0])]

        case .concatenate: [concatenate(x, shape: shapes[0])]
        case .channelSlice(let start, _): [channelSlice(x[0], start: start, shape: shapes[0])]

        case .quantize(let quantization): [quantize(x[0], quantization)]
        case .dequantize(let quantization): [dequantize(x[0], quantization)]
        case .fakeQuantize(let quantization): [dequantize(quantize(x[0], quantization), quantization)]
        case .fakeQuantizeChannels(let limit): [fakeQuantizeChannels(x[0], limit: limit)]

        case .momentumUpdate(let attributes):
            momentumUpdate(
                weight: x[0], gradient: x[1], velocity: x[2], learningRate: x[3][0], gradientScale: x[4][0], attributes)
        }
    }
}
