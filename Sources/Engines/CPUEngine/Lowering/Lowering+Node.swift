import Diagnostics
import Graphs

extension Lowering {
    /// Adds the steps of one node, or of the group it stands for.
    mutating func lower(_ node: Node, at index: Int) throws(ErdeError) {
        if let group = fusions.quantized.groups[index] {
            try lowerQuantized(group)
        } else if let group = fusions.convolutions[index] {
            try lowerConvolution(group)
        } else {
            try lowerAlone(node, at: index)
        }
    }

    /// Adds the steps of one node without those it could be fused with.
    mutating func lowerAlone(_ node: Node, at index: Int) throws(ErdeError) {
        switch node.op {
        case .convolution:
            try lowerConvolution(Fusions.Convolution(node: node))
        case .convolutionDataGradient(let attributes):
            try lowerConvolutionDataGradient(node, attributes)
        case .convolutionWeightGradient(let attributes):
            try lowerConvolutionWeightGradient(node, attributes)
        case .linear:
            try lowerLinear(node)
        case .matMul(let transposeLeft, let transposeRight):
            try lowerMatMul(node, transposeLeft, transposeRight)
        case .batchNormalization(let attributes):
            try lowerNormalization(node, at: index, attributes)
        case .batchNormalizationTraining(let attributes):
            try lowerNormalizationTraining(node, at: index, attributes)
        case .batchNormalizationGradient(let attributes):
            try lowerNormalizationGradient(node, at: index, attributes)
        case .maxPool(let attributes):
            try lowerPool(node, attributes, isMaximum: true)
        case .averagePool(let attributes):
            try lowerPool(node, attributes, isMaximum: false)
        case .globalAveragePool:
            try lowerGlobalAveragePool(node)
        case .maxPoolGradient(let attributes):
            try lowerMaxPoolGradient(node, attributes)
        case .averagePoolGradient(let attributes):
            try lowerAveragePoolGradient(node, attributes)
        case .relu:
            try lowerRelu(node)
        case .reluGradient:
            try lowerReluGradient(node)
        case .clip(let lower, let upper):
            try lowerClip(node, lower, upper)
        case .clipGradient(let lower, let upper):
            try lowerClipGradient(node, lower, upper)
        case .affine(let scale, let offset):
            try lowerAffine(node, scale, offset)
        case .exp, .log, .squareRoot:
            try lowerFunction(node)
        case .sigmoid:
            try lowerSigmoid(node)
        case .hardSigmoid(let slope, let offset):
            try lowerHardSigmoid(node, slope, offset)
        case .errorFunction:
            try lowerErrorFunction(node)
        case .stopGradient, .dropout:
            placements[node.outputs[0]] = placements[node.inputs[0]]
        case .randomDropout(let rate, let salt):
            try lowerRandomDropout(node, rate, salt)
        case .add, .subtract, .multiply, .divide, .maximum, .equal, .less:
            try lowerBinary(node)
        case .logSoftmax:
            try lowerLogSoftmax(node)
        case .argMax:
            try lowerArgMax(node)
        case .oneHot(let classes):
            try lowerOneHot(node, classes)
        case .reduceSum(let reduction):
            try lowerReduction(node, reduction, isMean: false)
        case .reduceMean(let reduction):
            try lowerReduction(node, reduction, isMean: true)
        case .sumOfSquares:
            try lowerSumOfSquares(node)
        case .sumTo:
            try lowerSumTo(node)
        case .broadcastTo:
            try lowerBroadcastTo(node)
        case .reshape:
            let source = try plain(node.inputs[0])
            placements[node.outputs[0]] = [Placement(buffer: source.buffer, layout: try plainLayout(of: node.outputs[0]))]
        case .transpose(let permutation):
            try lowerTranspose(node, permutation)
        case .pad(let padding):
            try lowerPad(node, padding)
        case .crop(let padding):
            try lowerCrop(node, padding)
        case .concatenate:
            try lowerConcatenation(node)
        case .channelSlice(let start, let count):
            try lowerChannelSlice(node, start, count)
        case .quantize(let quantization):
            try lowerQuantize(node, quantization)
        case .dequantize(let quantization):
            try lowerDequantize(node, quantization)
        case .fakeQuantize(let quantization):
            try lowerFakeQuantize(node, quantization)
        case .fakeQuantizeChannels(let limit):
            try lowerFakeQuantizeChannels(node, limit: limit)
        case .movingAverage(let momentum):
            try lowerMovingAverage(node, at: index, momentum)
        case .momentumUpdate(let attributes):
            try lowerMomentumUpdate(node, at: index, attributes)
        }
    }
}
