import Graphs

/// The one place that says which operators ONNX files hold; writer and reader both go by it.
enum OperatorTable {
    /// The row for an operator; nil when ONNX has no single operator with the same meaning and result type.
    static func row(for op: Op) -> OperatorRow? {
        switch op {
        case .convolution: convolution
        case .linear: linear
        case .matMul(let transposeLeft, let transposeRight): transposeLeft || transposeRight ? nil : matMul
        case .batchNormalization: batchNormalization
        case .maxPool: maxPool
        case .averagePool: averagePool
        case .globalAveragePool: globalAveragePool
        case .relu: relu
        case .clip: clip
        case .exp: exp
        case .log: log
        case .squareRoot: squareRoot
        case .sigmoid: sigmoid
        case .hardSigmoid: hardSigmoid
        case .errorFunction: errorFunction
        case .dropout: dropout
        case .add: add
        case .subtract: subtract
        case .multiply: multiply
        case .divide: divide
        case .maximum: maximum
        case .logSoftmax: logSoftmax
        case .reduceSum: reduceSum
        case .reduceMean: reduceMean
        case .sumOfSquares: sumOfSquares
        case .reshape(let trailing): trailing.count == 1 ? flatten : reshape
        case .transpose: transpose
        case .pad: pad
        case .crop, .channelSlice: slice
        case .concatenate: concatenation
        case .quantize: quantization
        case .dequantize: dequantization
        case .convolutionDataGradient, .convolutionWeightGradient, .batchNormalizationTraining,
            .batchNormalizationGradient, .movingAverage, .maxPoolGradient, .averagePoolGradient, .reluGradient,
            .clipGradient, .affine, .stopGradient, .randomDropout, .equal, .less, .argMax, .oneHot, .sumTo,
            .broadcastTo, .momentumUpdate, .fakeQuantize, .fakeQuantizeChannels:
            nil
        }
    }

    /// The row for an ONNX operator.
    static func row(forType type: String) -> OperatorRow? { rowsByType[type] }

    private static let rowsByType: [String: OperatorRow] = {
        let rows = [
            convolution, linear, matMul, batchNormalization, maxPool, averagePool, globalAveragePool, relu, clip, exp,
            log, squareRoot, dropout, add, subtract, multiply, divide, maximum, logSoftmax, reduceSum, reduceMean,
            sumOfSquares, flatten, reshape, concatenation, sigmoid, hardSigmoid, errorFunction, transpose, pad, slice,
            quantization, dequantization,
        ]
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.type, $0) })
    }()

    static let add = OperatorRow.plain("Add", operands: 2, .add)
    static let subtract = OperatorRow.plain("Sub", operands: 2, .subtract)
    static let multiply = OperatorRow.plain("Mul", operands: 2, .multiply)
    static let divide = OperatorRow.plain("Div", operands: 2, .divide)
    static let maximum = OperatorRow.plain("Max", operands: 2, .maximum)
    static let exp = OperatorRow.plain("Exp", operands: 1, .exp)
    static let log = OperatorRow.plain("Log", operands: 1, .log)
    static let squareRoot = OperatorRow.plain("Sqrt", operands: 1, .squareRoot)
    static let sigmoid = OperatorRow.plain("Sigmoid", operands: 1, .sigmoid)
    static let errorFunction = OperatorRow.plain("Erf", operands: 1, .errorFunction)
    static let relu = OperatorRow.plain("Relu", operands: 1, .relu)
    static let globalAveragePool = OperatorRow.plain("GlobalAveragePool", operands: 1, .globalAveragePool)
    static let matMul = OperatorRow.plain(
        "MatMul", operands: 2, .matMul(transposeLeft: false, transposeRight: false))
}
