package import Diagnostics
package import Tensors

extension Op {
    /// The types of the results, given those of the operands.
    ///
    /// - Throws: `ErdeError` of kind `badData` that says what was expected and what was found.
    package func inferTypes(_ operands: [TensorType]) throws(ErdeError) -> [TensorType] {
        let check = OperandCheck(op: self, operands: operands)
        switch self {
        case .convolution(let attributes):
            return [try check.convolution(attributes)]
        case .convolutionDataGradient(let attributes):
            try check.count(3)
            try check.result(of: .convolution(attributes), [operands[2], operands[1]], matches: operands[0])
            return [operands[2]]
        case .convolutionWeightGradient(let attributes):
            try check.count(3)
            try check.result(of: .convolution(attributes), [operands[1], operands[2]], matches: operands[0])
            return [operands[2]]
        case .linear:
            return [try check.linear()]
        case .matMul(let transposeLeft, let transposeRight):
            return [try check.matMul(transposeLeft: transposeLeft, transposeRight: transposeRight)]
        case .batchNormalization:
            return [try check.normalization(statistics: 4)]
        case .batchNormalizationTraining:
            let type = try check.normalization(statistics: 2)
            return [type, operands[1], operands[1]]
        case .batchNormalizationGradient(let attributes):
            try check.count(5)
            let statistics = Array(repeating: operands[2], count: 3)
            try check.require(operands[0] == operands[1], "a gradient of the type of operand 2")
            try check.require(Array(operands[2...]) == statistics, "equal scale, mean and variance")
            try check.result(
                of: .batchNormalizationTraining(attributes), [operands[1], operands[2], operands[2]], matches: operands[0])
            return [operands[1], operands[2], operands[2]]
        case .movingAverage:
            try check.count(2)
            try check.require(operands[0] == operands[1], "two equal types")
            return [operands[0]]
        case .maxPool(let attributes), .averagePool(let attributes):
            return [try check.pool(attributes)]
        case .maxPoolGradient(let attributes):
            try check.count(2)
            try check.result(of: .maxPool(attributes), [operands[1]], matches: operands[0])
            return [operands[1]]
        case .averagePoolGradient(let attributes):
            try check.count(2)
            try check.result(of: .averagePool(attributes), [operands[1]], matches: operands[0])
            return [operands[1]]
        case .globalAveragePool:
            try check.count(1)
            try check.float(0)
            try check.rank(0, 4)
            return [TensorType([operands[0].shape[0], operands[0].shape[1], 1, 1])]
        case .relu, .clip, .affine, .exp, .log, .squareRoot, .sigmoid, .errorFunction:
            try check.count(1)
            try check.float(0)
            return [operands[0]]
        case .hardSigmoid(let slope, _):
            try check.count(1)
            try check.float(0)
            try check.require(slope > 0, "a positive slope, not \(slope)")
            return [operands[0]]
        case .dropout(let rate):
            try check.count(1)
            try check.float(0)
            try check.require(0..<1 ~= rate, "a rate of at least 0 and less than 1, not \(rate)")
            return [operands[0]]
        case .stopGradient:
            try check.count(1)
            return [operands[0]]
        case .randomDropout(let rate, _):
            try check.count(2)
            try check.float(0)
            try check.require(0..<1 ~= rate, "a rate of at least 0 and less than 1, not \(rate)")
            try check.require(operands[1] == TensorType([2], .int32), "a seed of type int32[2]")
            return [operands[0]]
        case .reluGradient, .clipGradient:
            try check.count(2)
            try check.float(0)
            try check.require(operands[0] == operands[1], "two equal types")
            return [operands[0]]
        case .add, .subtract, .multiply, .divide, .maximum:
            try check.count(2)
            try check.float(0)
            try check.float(1)
            return [TensorType(try check.broadcast())]
        case .equal, .less:
            try check.require(operands.count == 2 && operands[0].dataType == operands[1].dataType, "equal element types")
            return [TensorType(try check.broadcast())]
        case .logSoftmax:
            try check.count(1)
            try check.float(0)
            try check.rank(0, 2)
            return [operands[0]]
        case .argMax:
            try check.count(1)
            try check.float(0)
            try check.rank(0, 2)
            try check.require(operands[0].shape[1] > 0, "at least one column")
            return [TensorType([operands[0].shape[0]], .int32)]
        case .oneHot(let classes):
            try check.count(1)
            try check.require(operands[0].dataType == .int32, "int32 at operand 1")
            try check.rank(0, 1)
            try check.require(classes > 0, "a positive number of classes, not \(classes)")
            return [TensorType([operands[0].shape[0], classes])]
        case .reduceSum(let reduction), .reduceMean(let reduction):
            return [try check.reduction(reduction)]
        case .sumOfSquares:
            try check.count(1)
            try check.float(0)
            return [TensorType(.scalar)]
        case .sumTo:
            try check.count(2)
            try check.repeats(operands[1].shape, to: operands[0].shape)
            return [operands[1]]
        case .broadcastTo:
            try check.count(2)
            try check.repeats(operands[0].shape, to: operands[1].shape)
            return [operands[1]]
        case .reshape(let trailing):
            try check.count(1)
            let shape = operands[0].shape
            try check.require(
                shape.rank > 0 && trailing.allSatisfy { $0 >= 0 }
                    && shape.dimensions.dropFirst().reduce(1, *) == trailing.reduce(1, *),
                "elements for a trailing shape of \(trailing)")
            return [TensorType(Shape([shape[0]] + trailing), operands[0].dataType)]
        case .transpose(let permutation):
            try check.count(1)
            try check.float(0)
            let shape = operands[0].shape
            try check.require(
                permutation.sorted() == Array(0..<shape.rank), "a permutation of its \(shape.rank) axes, not \(permutation)")
            return [TensorType(Shape(permutation.map { shape[$0] }))]
        case .pad(let padding):
            return [try check.padded(padding)]
        case .crop(let padding):
            return [try check.cropped(padding)]
        case .concatenate:
            return [try check.concatenation()]
        case .channelSlice(let start, let count):
            try check.count(1)
            try check.float(0)
            let shape = operands[0].shape
            try check.require(
                shape.rank >= 2 && start >= 0 && count > 0 && start <= shape[1] - count,
                "at least \(count) channels from \(start) on")
            return [TensorType(Shape([shape[0], count] + shape.dimensions.dropFirst(2)))]
        case .quantize(let quantization):
            try check.float(0)
            try check.scales(of: quantization)
            return [TensorType(operands[0].shape, quantization.dataType)]
        case .dequantize(let quantization):
            try check.count(1)
            try check.require(
                operands[0].dataType == quantization.dataType, "\(quantization.dataType.rawValue) at operand 1")
            try check.scales(of: quantization)
            return [TensorType(operands[0].shape)]
        case .fakeQuantize(let quantization):
            try check.float(0)
            try check.scales(of: quantization)
            try check.require(!quantization.isPerChannel, "one scale")
            return [operands[0]]
        case .fakeQuantizeChannels(let limit):
            try check.count(1)
            try check.float(0)
            try check.require(operands[0].shape.rank > 0, "rank 1 or more at operand 1")
            try check.require(1...127 ~= limit, "a limit of 1 to 127, not \(limit)")
            return [operands[0]]
        case .momentumUpdate:
            try check.count(5)
            try check.require(operands[0] == operands[1] && operands[0] == operands[2], "equal weight, gradient, velocity")
            try check.require(
                operands[0].dataType == .float32 && operands[3] == TensorType(.scalar) && operands[4] == operands[3],
                "float32 with a scalar learning rate and gradient scale")
            return [operands[0], operands[2]]
        }
    }
}
