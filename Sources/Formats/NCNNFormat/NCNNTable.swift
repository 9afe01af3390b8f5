import Graphs
import Tensors

/// The one place that says how operators are written for ncnn. The graph is built for a batch of 1; a blob is a value
/// without that axis.
///
/// Keys and numbers of the layers are those of Tencent/ncnn, "operators" and "operation param weight table".
struct NCNNTable {
    let graph: Graph
    let parameters: Parameters

    /// - Parameter activation: what follows a convolution or fully connected layer and is to be done by it.
    func lowered(_ node: Node, activation: NCNNActivation? = nil) -> NCNNOperator {
        // What stored integers stand for is read from the model by whoever needs it.
        if graph.storedIntegers(node.outputs[0]) != nil { return .alias }
        if let reason = refusal(of: node) { return .refused(reason) }
        switch node.op {
        case .convolution(let attributes): return convolution(attributes, node, activation)
        case .linear: return linear(node, activation)
        case .batchNormalization(let attributes): return normalization(attributes, node)
        case .maxPool(let attributes): return pool(.maximum, attributes)
        case .averagePool(let attributes): return pool(.average, attributes)
        case .globalAveragePool:
            // A window over the whole plane: the global form of the layer would lose the axes of height and width.
            let plane = graph.shape(of: node.inputs[0])
            let window = Extent(height: plane[2], width: plane[3])
            return pool(.average, PoolAttributes(kernel: window, strides: window))
        case .relu: return .layer("ReLU")
        case .clip(let lower, let upper): return clip(lower, upper)
        case .affine(let scale, let offset): return affine(scale, offset)
        case .exp: return .layer("UnaryOp", [.integer(0, 7)])
        case .log: return .layer("UnaryOp", [.integer(0, 8)])
        case .squareRoot: return .layer("UnaryOp", [.integer(0, 5)])
        case .sigmoid: return .layer("Sigmoid")
        case .hardSigmoid(let slope, let offset):
            return .layer("HardSigmoid", [.float(0, slope), .float(1, offset)])
        case .errorFunction: return .layer("Erf")
        case .transpose(let permutation): return transposition(permutation, node)
        case .pad(let padding):
            return .layers([border(padding, of: .operand(0))])
        case .crop(let padding):
            let plane = graph.shape(of: node.inputs[0])
            return slice(
                starts: [padding.top, padding.left], ends: [plane[2] - padding.bottom, plane[3] - padding.right],
                axes: [1, 2])
        case .channelSlice(let start, let count): return slice(starts: [start], ends: [start + count], axes: [0])
        case .stopGradient, .dropout: return .alias
        case .reshape: return reshape(node)
        case .add: return binary(.add, node)
        case .subtract: return binary(.subtract, node)
        case .multiply: return binary(.multiply, node)
        case .divide: return binary(.divide, node)
        case .maximum: return binary(.maximum, node)
        case .logSoftmax: return logSoftmax()
        case .reduceSum(let reduction): return reduced(reduction, 0)
        case .reduceMean(let reduction): return reduced(reduction, 3)
        case .concatenate: return concatenation(node)
        case .matMul: return .refused("products of two computed matrices")
        case .equal, .less, .argMax, .oneHot, .sumOfSquares: return .refused("no layer of a classifier")
        case .quantize(let quantization), .dequantize(let quantization):
            if quantization.isPerChannel || quantization.dataType == .int32 {
                return .refused("integers of 32 bits, or of several scales, that are computed")
            }
            return isRounded(node) ? .alias : rounding(quantization)
        case .convolutionDataGradient, .convolutionWeightGradient, .batchNormalizationTraining,
            .batchNormalizationGradient, .movingAverage, .maxPoolGradient, .averagePoolGradient, .reluGradient,
            .clipGradient, .randomDropout, .sumTo, .broadcastTo, .momentumUpdate, .fakeQuantize, .fakeQuantizeChannels:
            return .refused("an operator of training")
        }
    }

    /// What no layer can be given, whatever the operator.
    private func refusal(of node: Node) -> String? {
        if node.inputs.allSatisfy({ stored($0) != nil }) { return "it computes with constants alone" }
        let values = node.inputs.filter { stored($0) == nil } + node.outputs
        return values.contains { NCNNShape(image: graph.shape(of: $0)) == nil } ? "more than five axes" : nil
    }

    /// The floats of a tensor that lies in the model; nil of one that is computed.
    func stored(_ value: Value) -> Tensor? {
        switch graph.origin(of: value) {
        case .input: nil
        case .node:
            graph.storedIntegers(value).flatMap { source in
                parameters[graph.name(of: source.value)].map(source.quantization.floats)
            }
        case .variable: parameters[graph.name(of: value)].flatMap { $0.dataType == .float32 ? $0 : nil }
        case .constant: graph.constants[value].flatMap { $0.dataType == .float32 ? $0 : nil }
        }
    }

    /// A blob that exists: `refusal` was asked before.
    func blob(_ value: Value) -> NCNNShape {
        guard let shape = NCNNShape(image: graph.shape(of: value)) else {
            preconditionFailure("\(graph.name(of: value)) of shape \(graph.shape(of: value)) as a blob")
        }
        return shape
    }
}
