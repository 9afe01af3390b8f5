import Graphs
import Tensors

/// How one operator is written in PyTorch.
enum TorchOperator {
    /// A layer with tensors of its own: the constructor, and the layer's name for each operand from the second on.
    case layer(constructor: String, tensors: [String])
    /// An expression of the operands' variables.
    case expression(String)
    /// PyTorch has it not, or not with the same meaning; with the reason.
    case refused(String)
}

/// The one place that says how operators are written in PyTorch.
struct TorchTable {
    let graph: Graph

    /// - Parameters:
    ///   - variables: Python expressions of the operands; of those that a layer owns, nothing is read.
    func row(_ node: Node, _ variables: [String]) -> TorchOperator {
        let x = variables.first ?? ""
        func binary(_ sign: String) -> TorchOperator { .expression("\(variables[0]) \(sign) \(variables[1])") }
        switch node.op {
        case .convolution(let attributes): return convolution(node, attributes)
        case .linear:
            let weight = graph.shape(of: node.inputs[1])
            return .layer(
                constructor: "nn.Linear(\(weight[1]), \(weight[0])\(node.inputs.count > 2 ? "" : ", bias=False"))",
                tensors: ["weight", "bias"])
        case .matMul(let transposeLeft, let transposeRight):
            return .expression(
                "\(x)\(transposeLeft ? ".mT" : "") @ \(variables[1])\(transposeRight ? ".mT" : "")")
        case .batchNormalization(let attributes):
            let rank = graph.shape(of: node.inputs[0]).rank
            return .layer(
                constructor: "nn.BatchNorm\(rank == 4 ? "2d" : "1d")(\(graph.shape(of: node.inputs[0])[1]), "
                    + "eps=\(attributes.epsilon), momentum=\(attributes.momentum))",
                tensors: ["weight", "bias", "running_mean", "running_var"])
        case .maxPool(let attributes): return pool("max_pool2d", attributes, x, outside: "-torch.inf", extra: "")
        case .averagePool(let attributes):
            if !attributes.countsPadding && !attributes.padding.isSymmetric {
                return .refused("padding that differs from side to side and does not count")
            }
            return pool(
                "avg_pool2d", attributes, x, outside: "0.0", extra: ", count_include_pad=\(attributes.countsPadding.python)")
        case .globalAveragePool: return .expression("\(x).mean((2, 3), keepdim=True)")
        case .relu: return .expression("F.relu(\(x))")
        case .clip(let lower, let upper): return .expression("\(x).clamp(\(lower), \(upper))")
        case .affine(let scale, let offset): return .expression("\(x) * \(scale) + \(offset)")
        case .exp: return .expression("\(x).exp()")
        case .log: return .expression("\(x).log()")
        case .squareRoot: return .expression("\(x).sqrt()")
        case .sigmoid: return .expression("\(x).sigmoid()")
        case .hardSigmoid(let slope, let offset): return .expression("(\(x) * \(slope) + \(offset)).clamp(0.0, 1.0)")
        case .errorFunction: return .expression("\(x).erf()")
        case .transpose(let permutation): return .expression("\(x).permute(\(list(permutation)))")
        case .pad(let padding):
            return .expression("F.pad(\(x), (\(list([padding.left, padding.right, padding.top, padding.bottom]))))")
        case .crop(let padding):
            let shape = graph.shape(of: node.inputs[0])
            let rows = "\(padding.top):\(shape[2] - padding.bottom)"
            return .expression("\(x)[:, :, \(rows), \(padding.left):\(shape[3] - padding.right)]")
        case .channelSlice(let start, let count): return .expression("\(x)[:, \(start):\(start + count)]")
        case .stopGradient: return .expression("\(x).detach()")
        case .dropout(let rate): return .layer(constructor: "nn.Dropout(\(rate))", tensors: [])
        case .add: return binary("+")
        case .subtract: return binary("-")
        case .multiply: return binary("*")
        case .divide: return binary("/")
        case .maximum: return .expression("torch.maximum(\(x), \(variables[1]))")
        case .concatenate: return .expression("torch.cat((\(list(variables))), 1)")
        case .equal: return .expression("(\(x) == \(variables[1])).float()")
        case .less: return .expression("(\(x) < \(variables[1])).float()")
        case .logSoftmax: return .expression("F.log_softmax(\(x), 1)")
        case .argMax: return .expression("\(x).argmax(1)")
        case .oneHot(let classes): return .expression("F.one_hot(\(x).long(), \(classes)).float()")
        case .reduceSum(let reduction): return .expression(reduction.call("sum", x))
        case .reduceMean(let reduction): return .expression(reduction.call("mean", x))
        case .sumOfSquares: return .expression("\(x).square().sum()")
        case .reshape(let trailing):
            return .expression(
                trailing.count == 1 ? "\(x).flatten(1)" : "\(x).reshape(\(list(["\(x).shape[0]"] + trailing.map(String.init))))")
        case .quantize, .dequantize: return .refused("quantized to integers")
        case .convolutionDataGradient, .convolutionWeightGradient, .batchNormalizationTraining,
            .batchNormalizationGradient, .movingAverage, .maxPoolGradient, .averagePoolGradient, .reluGradient,
            .clipGradient, .randomDropout, .sumTo, .broadcastTo, .momentumUpdate, .fakeQuantize, .fakeQuantizeChannels:
            return .refused("an operator of training")
        }
    }

    private func convolution(_ node: Node, _ attributes: ConvolutionAttributes) -> TorchOperator {
        let weight = graph.shape(of: node.inputs[1])
        guard attributes.padding.isSymmetric else { return .refused("padding that differs from side to side") }
        var arguments = [
            "\(weight[1] * attributes.groups)", "\(weight[0])", Extent(height: weight[2], width: weight[3]).python,
        ]
        if attributes.strides != Extent(1) { arguments.append("stride=\(attributes.strides.python)") }
        if attributes.padding != .none { arguments.append("padding=\(attributes.padding.leading.python)") }
        if attributes.dilations != Extent(1) { arguments.append("dilation=\(attributes.dilations.python)") }
        if attributes.groups != 1 { arguments.append("groups=\(attributes.groups)") }
        if node.inputs.count < 3 { arguments.append("bias=False") }
        return .layer(constructor: "nn.Conv2d(\(list(arguments)))", tensors: ["weight", "bias"])
    }

    /// - Parameter outside: what stands for pixels that are not there, where they must be written out.
    private func pool(
        _ function: String, _ attributes: PoolAttributes, _ x: String, outside: String, extra: String
    ) -> TorchOperator {
        let padding = attributes.padding
        let call = "\(attributes.kernel.python), \(attributes.strides.python)"
        // PyTorch pads by at most half a window, alike on both sides.
        let fits =
            padding.isSymmetric && 2 * padding.top <= attributes.kernel.height && 2 * padding.left <= attributes.kernel.width
        if fits { return .expression("F.\(function)(\(x), \(call), \(padding.leading.python)\(extra))") }
        if outside == "0.0" && !attributes.countsPadding { return .refused("padding of more than half a window") }
        let sides = list([padding.left, padding.right, padding.top, padding.bottom])
        return .expression("F.\(function)(F.pad(\(x), (\(sides)), value=\(outside)), \(call))")
    }
}

private func list(_ parts: [some CustomStringConvertible]) -> String {
    parts.map(\.description).joined(separator: ", ")
}

extension Padding {
    fileprivate var isSymmetric: Bool { top == bottom && left == right }

    fileprivate var leading: Extent { Extent(height: top, width: left) }
}

extension Extent {
    fileprivate var python: String { height == width ? "\(height)" : "(\(height), \(width))" }
}

extension Bool {
    fileprivate var python: String { self ? "True" : "False" }
}

extension Reduction {
    fileprivate func call(_ function: String, _ x: String) -> String {
        "\(x).\(function)((\(axes.map { "\($0), " }.joined())), keepdim=\(keepsAxes.python))"
    }
}
