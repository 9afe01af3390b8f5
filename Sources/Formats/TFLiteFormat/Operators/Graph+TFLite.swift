import Graphs
import Tensors

extension Graph {
    /// The one place that says how operators are written in TensorFlow Lite. The graph is built for a batch of 1.
    func tflite(_ node: Node) -> TFLiteRecipe {
        switch node.op {
        case .convolution(let attributes):
            return areStored(node.inputs.dropFirst()) ? .convolution(attributes) : .refused("its weights are computed")
        case .linear:
            return areStored(node.inputs.dropFirst())
                ? .fullyConnected(transposed: false) : .refused("its weights are computed")
        case .matMul(let transposeLeft, let transposeRight):
            guard !transposeLeft, areStored(node.inputs.dropFirst()) else {
                return .refused("products of two computed matrices")
            }
            return .fullyConnected(transposed: !transposeRight)
        case .batchNormalization(let attributes):
            return areStored(node.inputs.dropFirst())
                ? .normalization(epsilon: attributes.epsilon) : .refused("its tensors are computed")
        case .maxPool(let attributes): return .pool(.maxPool2D, attributes)
        case .averagePool(let attributes): return .pool(.averagePool2D, attributes)
        case .globalAveragePool: return .reduction(.mean, Reduction(axes: [2, 3], keepsAxes: true))
        case .relu: return .chain([.init(code: .relu)])
        case .clip(let lower, let upper): return clip(node.op, lower, upper)
        case .affine(let scale, let offset):
            return .chain([.init(code: .mul, number: Float(scale)), .init(code: .add, number: Float(offset))])
        case .exp: return .chain([.init(code: .exp)])
        case .log: return .chain([.init(code: .log)])
        case .squareRoot: return .chain([.init(code: .sqrt)])
        case .sigmoid: return .chain([.init(code: .logistic)])
        case .hardSigmoid(let slope, let offset):
            return .chain([
                .init(code: .mul, number: Float(slope)), .init(code: .add, number: Float(offset)), .init(code: .relu0To1),
            ])
        case .errorFunction: return .errorFunction
        case .stopGradient, .dropout: return .alias
        case .add: return binary(.add, node)
        case .subtract: return binary(.sub, node)
        case .multiply: return binary(.mul, node)
        case .divide: return binary(.div, node)
        case .maximum: return binary(.maximum, node)
        case .logSoftmax: return .chain([.init(code: .logSoftmax)])
        case .reduceSum(let reduction): return reduced(.sum, reduction)
        case .reduceMean(let reduction): return reduced(.mean, reduction)
        case .reshape: return .reshape
        case .transpose(let permutation): return permutation.first == 0 ? .transpose(permutation) : .refused("moves the batch")
        case .pad(let padding): return .pad(padding)
        case .crop(let padding): return .crop(padding)
        case .channelSlice(let start, let count): return .channels(start: start, count: count)
        case .concatenate: return .concatenation
        case .quantize(let quantization): return .quantize(quantization)
        case .dequantize(let quantization): return .dequantize(quantization)
        case .equal, .less, .argMax, .oneHot, .sumOfSquares: return .refused("no layer of a classifier")
        case .convolutionDataGradient, .convolutionWeightGradient, .batchNormalizationTraining,
            .batchNormalizationGradient, .movingAverage, .maxPoolGradient, .averagePoolGradient, .reluGradient,
            .clipGradient, .randomDropout, .sumTo, .broadcastTo, .momentumUpdate, .fakeQuantize, .fakeQuantizeChannels:
            return .refused("an operator of training")
        }
    }

    /// What cannot be written, all of it; empty when everything can.
    func problemsInTFLite() -> [String] {
        var problems: [String] = []
        for node in nodes {
            if case .refused(let reason) = tflite(node) {
                problems.append("\(node.op.name) \(name(of: node.outputs[0])): \(reason)")
            }
        }
        for output in outputs {
            if case .node = origin(of: output.value) { continue }
            problems.append("output \(output.name), which nothing computes")
        }
        return problems
    }

    /// Whether a value is in the file: a variable, a constant, or the floats that a stored tensor of integers stands for.
    func isStored(_ value: Value) -> Bool {
        switch origin(of: value) {
        case .variable, .constant: return true
        case .input: return false
        case .node(let index, _):
            guard case .dequantize = nodes[index].op else { return false }
            return isStored(nodes[index].inputs[0])
        }
    }

    private func areStored(_ values: some Sequence<Value>) -> Bool { values.allSatisfy(isStored) }

    private func clip(_ op: Op, _ lower: Double, _ upper: Double) -> TFLiteRecipe {
        if let builtin = FusedActivation(op)?.builtin { return .chain([.init(code: builtin)]) }
        return .chain([.init(code: .maximum, number: Float(lower)), .init(code: .minimum, number: Float(upper))])
    }

    private func binary(_ code: BuiltinOperator, _ node: Node) -> TFLiteRecipe {
        let rank = shape(of: node.outputs[0]).rank
        guard rank <= 4 else { return .refused("more than four axes") }
        for operand in node.inputs where !isStored(operand) && shape(of: operand).rank != rank {
            return .refused("its operand \(name(of: operand)) has fewer axes than the result")
        }
        return .binary(code)
    }

    private func reduced(_ code: BuiltinOperator, _ reduction: Reduction) -> TFLiteRecipe {
        reduction.axes.contains(0) ? .refused("a reduction over the batch") : .reduction(code, reduction)
    }
}
