import Graphs
import Tensors
import TestSupport
import Testing

/// `Tests/Goldens/operators.json`: operands and results of operators by PyTorch in double precision.
struct OperatorGoldens: Decodable, Sendable {
    let cases: [OperatorGolden]

    static func load() throws -> OperatorGoldens { try GoldenFolder.decode(OperatorGoldens.self, from: "operators.json") }
}

struct OperatorGolden: Decodable, Sendable {
    struct Array: Decodable, Sendable {
        let shape: [Int]
        let isInteger: Bool
        let values: [Double]
    }

    struct Attributes: Decodable, Sendable {
        let strides, padding, dilations, kernel, axes, trailing, permutation: [Int]?
        let groups, classes, salt, start, count, limit: Int?
        let scales: [Float]?
        let dataType: DataType?
        let epsilon, momentum, weightDecay, lower, upper, scale, offset, rate: Double?
        let countsPadding, keepsAxes, transposeLeft, transposeRight, nesterov: Bool?
    }

    let name: String
    let op: OpKind
    let attributes: Attributes
    let operands: [Array]
    let results: [Array]
}

extension OperatorGolden: CustomTestStringConvertible {
    var testDescription: String { name }
}

extension OperatorGolden {
    /// The operator with its attributes.
    func operation() throws -> Op {
        switch op {
        case .convolution: .convolution(try convolution())
        case .convolutionDataGradient: .convolutionDataGradient(try convolution())
        case .convolutionWeightGradient: .convolutionWeightGradient(try convolution())
        case .linear: .linear
        case .matMul:
            .matMul(
                transposeLeft: try #require(attributes.transposeLeft as Bool?),
                transposeRight: try #require(attributes.transposeRight as Bool?))
        case .batchNormalization: .batchNormalization(try normalization())
        case .batchNormalizationTraining: .batchNormalizationTraining(try normalization())
        case .batchNormalizationGradient: .batchNormalizationGradient(try normalization())
        case .movingAverage: .movingAverage(momentum: try #require(attributes.momentum))
        case .maxPool: .maxPool(try pool())
        case .maxPoolGradient: .maxPoolGradient(try pool())
        case .averagePool: .averagePool(try pool())
        case .averagePoolGradient: .averagePoolGradient(try pool())
        case .globalAveragePool: .globalAveragePool
        case .relu: .relu
        case .reluGradient: .reluGradient
        case .clip: .clip(lower: try #require(attributes.lower), upper: try #require(attributes.upper))
        case .clipGradient: .clipGradient(lower: try #require(attributes.lower), upper: try #require(attributes.upper))
        case .affine: .affine(scale: try #require(attributes.scale), offset: try #require(attributes.offset))
        case .exp: .exp
        case .log: .log
        case .squareRoot: .squareRoot
        case .stopGradient: .stopGradient
        case .dropout: .dropout(rate: try #require(attributes.rate))
        case .randomDropout:
            .randomDropout(rate: try #require(attributes.rate), salt: UInt32(try #require(attributes.salt)))
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .divide
        case .maximum: .maximum
        case .equal: .equal
        case .less: .less
        case .logSoftmax: .logSoftmax
        case .argMax: .argMax
        case .oneHot: .oneHot(classes: try #require(attributes.classes))
        case .reduceSum: .reduceSum(try reduction())
        case .reduceMean: .reduceMean(try reduction())
        case .sumOfSquares: .sumOfSquares
        case .sumTo: .sumTo
        case .broadcastTo: .broadcastTo
        case .reshape: .reshape(trailing: try #require(attributes.trailing))
        case .concatenate: .concatenate
        case .channelSlice:
            .channelSlice(start: try #require(attributes.start), count: try #require(attributes.count))
        case .sigmoid: .sigmoid
        case .hardSigmoid:
            .hardSigmoid(slope: try #require(attributes.scale), offset: try #require(attributes.offset))
        case .errorFunction: .errorFunction
        case .transpose: .transpose(permutation: try #require(attributes.permutation))
        case .pad: .pad(try padding())
        case .crop: .crop(try padding())
        case .quantize: .quantize(try quantization())
        case .dequantize: .dequantize(try quantization())
        case .fakeQuantize: .fakeQuantize(try quantization())
        case .fakeQuantizeChannels: .fakeQuantizeChannels(limit: try #require(attributes.limit))
        case .momentumUpdate:
            .momentumUpdate(
                MomentumAttributes(
                    momentum: try #require(attributes.momentum), weightDecay: try #require(attributes.weightDecay),
                    nesterov: try #require(attributes.nesterov as Bool?)))
        }
    }

    private func quantization() throws -> Quantization {
        Quantization(try #require(attributes.dataType), scales: try #require(attributes.scales))
    }

    private func extent(_ pair: [Int]?) throws -> Extent {
        let pair = try #require(pair)
        return Extent(height: pair[0], width: pair[1])
    }

    private func padding() throws -> Padding {
        let sides = try #require(attributes.padding)
        return Padding(top: sides[0], left: sides[1], bottom: sides[2], right: sides[3])
    }

    private func convolution() throws -> ConvolutionAttributes {
        ConvolutionAttributes(
            strides: try extent(attributes.strides), padding: try padding(), dilations: try extent(attributes.dilations),
            groups: try #require(attributes.groups))
    }

    private func pool() throws -> PoolAttributes {
        PoolAttributes(
            kernel: try extent(attributes.kernel), strides: try extent(attributes.strides), padding: try padding(),
            countsPadding: attributes.countsPadding ?? false)
    }

    private func normalization() throws -> BatchNormalizationAttributes {
        BatchNormalizationAttributes(
            epsilon: try #require(attributes.epsilon), momentum: try #require(attributes.momentum))
    }

    private func reduction() throws -> Reduction {
        Reduction(axes: try #require(attributes.axes), keepsAxes: try #require(attributes.keepsAxes as Bool?))
    }
}
