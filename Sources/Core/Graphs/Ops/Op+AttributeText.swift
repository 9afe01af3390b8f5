import Tensors

extension Op {
    /// The attributes in words, without those that have their usual value; empty if there is nothing to say.
    package var attributeText: String {
        switch self {
        case .convolution(let attributes), .convolutionDataGradient(let attributes),
            .convolutionWeightGradient(let attributes):
            attributes.text
        case .matMul(let transposeLeft, let transposeRight):
            joined([transposeLeft ? "transpose left" : nil, transposeRight ? "transpose right" : nil])
        case .batchNormalization(let attributes), .batchNormalizationTraining(let attributes),
            .batchNormalizationGradient(let attributes):
            "epsilon \(attributes.epsilon), momentum \(attributes.momentum)"
        case .movingAverage(let momentum): "momentum \(momentum)"
        case .maxPool(let attributes), .maxPoolGradient(let attributes), .averagePool(let attributes),
            .averagePoolGradient(let attributes):
            attributes.text
        case .clip(let lower, let upper), .clipGradient(let lower, let upper): "\(lower)...\(upper)"
        case .affine(let scale, let offset): "scale \(scale), offset \(offset)"
        case .hardSigmoid(let slope, let offset): "slope \(slope), offset \(offset)"
        case .transpose(let permutation): "permutation \(permutation)"
        case .pad(let padding), .crop(let padding): padding.text
        case .dropout(let rate): "rate \(rate)"
        case .randomDropout(let rate, let salt): "rate \(rate), salt \(salt)"
        case .oneHot(let classes): "classes \(classes)"
        case .reduceSum(let reduction), .reduceMean(let reduction):
            "axes \(reduction.axes)" + (reduction.keepsAxes ? ", keeps axes" : "")
        case .reshape(let trailing): "trailing \(trailing)"
        case .channelSlice(let start, let count): "start \(start), count \(count)"
        case .quantize(let quantization), .dequantize(let quantization), .fakeQuantize(let quantization):
            quantization.text
        case .fakeQuantizeChannels(let limit): "limit \(limit)"
        case .momentumUpdate(let attributes):
            joined([
                "momentum \(attributes.momentum)", "weight decay \(attributes.weightDecay)",
                attributes.nesterov ? "nesterov" : nil,
            ])
        case .linear, .globalAveragePool, .relu, .reluGradient, .exp, .log, .squareRoot, .sigmoid, .errorFunction, .stopGradient,
            .add, .subtract,
            .multiply, .divide, .maximum, .equal, .less, .logSoftmax, .argMax, .sumOfSquares, .sumTo, .broadcastTo,
            .concatenate:
            ""
        }
    }
}

private func joined(_ parts: [String?]) -> String { parts.compactMap { $0 }.joined(separator: ", ") }

extension Extent {
    fileprivate var text: String { "\(height)x\(width)" }
}

extension Padding {
    fileprivate var text: String {
        Set([top, left, bottom, right]).count == 1 ? "\(top)" : "top \(top) left \(left) bottom \(bottom) right \(right)"
    }
}

extension Quantization {
    fileprivate var text: String {
        "\(dataType.rawValue), " + (isPerChannel ? "\(scales.count) scales" : "scale \(scales[0])")
    }
}

extension ConvolutionAttributes {
    fileprivate var text: String {
        joined([
            strides == Extent(1) ? nil : "strides \(strides.text)", padding == .none ? nil : "padding \(padding.text)",
            dilations == Extent(1) ? nil : "dilations \(dilations.text)", groups == 1 ? nil : "groups \(groups)",
        ])
    }
}

extension PoolAttributes {
    fileprivate var text: String {
        joined([
            "kernel \(kernel.text)", "strides \(strides.text)", padding == .none ? nil : "padding \(padding.text)",
            countsPadding ? "counts padding" : nil,
        ])
    }
}
