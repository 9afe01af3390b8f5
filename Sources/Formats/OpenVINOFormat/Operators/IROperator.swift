import Graphs
import Tensors

/// How one operator is written in IR.
enum IROperator {
    /// Layers one behind the other; the last gives the result.
    case layers([IRStep])
    /// The result is the first operand.
    case alias
    /// Nothing is computed: the operand is stored, and readers get what it stands for, as `Convert` and `Multiply` of
    /// bytes, or as floats.
    case stored(Quantization)
    /// IR has it not; with the reason.
    case refused(String)
}

extension Graph {
    /// The one place that says how operators are written in IR: with layers of the operator sets 1 to 5, which OpenVINO
    /// reads from 2022.1 on.
    func openVINO(_ node: Node) -> IROperator {
        let input = node.inputs.first.map { shape(of: $0) } ?? .scalar
        let output = shape(of: node.outputs[0])
        switch node.op {
        case .convolution(let attributes): return .layers(convolution(attributes, node))
        case .linear:
            let product = IRStep.matMul(.operand(0), .operand(1), transposeLeft: false, transposeRight: true)
            return .layers([product] + bias(node, [1, output[1]]))
        case .matMul(let left, let right):
            return .layers([.matMul(.operand(0), .operand(1), transposeLeft: left, transposeRight: right)])
        case .batchNormalization(let attributes):
            return .layers([
                IRStep(
                    type: "BatchNormInference", operatorSet: 5, operands: (0..<5).map { .operand($0) },
                    attributes: [("epsilon", attributes.epsilon.literal)])
            ])
        case .maxPool(let attributes): return .layers([.unary("MaxPool", attributes.data)])
        case .averagePool(let attributes):
            return .layers([.unary("AvgPool", attributes.data + [("exclude-pad", "\(!attributes.countsPadding)")])])
        case .globalAveragePool: return .layers([.reduction("ReduceMean", Reduction(axes: [2, 3], keepsAxes: true))])
        case .relu: return .layers([.unary("ReLU")])
        case .clip(let lower, let upper):
            return .layers([.unary("Clamp", [("min", lower.literal), ("max", upper.literal)])])
        case .affine(let scale, let offset):
            return .layers([
                .binary("Multiply", .operand(0), .constant(IRConstant(scale))),
                .binary("Add", .previous, .constant(IRConstant(offset))),
            ])
        case .exp: return .layers([.unary("Exp")])
        case .log: return .layers([.unary("Log")])
        case .squareRoot: return .layers([.unary("Sqrt")])
        case .sigmoid: return .layers([.unary("Sigmoid")])
        case .errorFunction: return .layers([.unary("Erf")])
        case .hardSigmoid(let slope, let offset):
            return .layers([
                IRStep(
                    type: "HardSigmoid",
                    operands: [.operand(0), .constant(IRConstant(slope)), .constant(IRConstant(offset))])
            ])
        case .stopGradient, .dropout: return .alias
        case .add: return .layers([.binary("Add", .operand(0), .operand(1))])
        case .subtract: return .layers([.binary("Subtract", .operand(0), .operand(1))])
        case .multiply: return .layers([.binary("Multiply", .operand(0), .operand(1))])
        case .divide: return .layers([.binary("Divide", .operand(0), .operand(1))])
        case .maximum: return .layers([.binary("Maximum", .operand(0), .operand(1))])
        case .equal: return .layers(comparison("Equal"))
        case .less: return .layers(comparison("Less"))
        case .logSoftmax:
            return .layers([
                IRStep(type: "LogSoftmax", operatorSet: 5, operands: [.operand(0)], attributes: [("axis", "1")])
            ])
        case .reduceSum(let reduction): return .layers([.reduction("ReduceSum", reduction)])
        case .reduceMean(let reduction): return .layers([.reduction("ReduceMean", reduction)])
        case .sumOfSquares:
            var squares = IRStep.binary("Multiply", .operand(0), .operand(0))
            squares.like = node.inputs[0]
            return .layers([squares, .reduction("ReduceSum", Reduction(axes: Array(0..<input.rank)), of: .previous)])
        case .reshape(let trailing):
            // An extent of 0 copies the batch.
            return .layers([
                IRStep(
                    type: "Reshape", operands: [.operand(0), .constant(IRConstant([0] + trailing))],
                    attributes: [("special_zero", "true")])
            ])
        case .transpose(let permutation):
            return .layers([IRStep(type: "Transpose", operands: [.operand(0), .constant(IRConstant(permutation))])])
        case .pad(let padding):
            return .layers([
                IRStep(
                    type: "Pad",
                    operands: [
                        .operand(0), .constant(IRConstant([0, 0, padding.top, padding.left])),
                        .constant(IRConstant([0, 0, padding.bottom, padding.right])), .constant(IRConstant(0.0)),
                    ], attributes: [("pad_mode", "constant")])
            ])
        case .crop(let padding):
            return .layers([
                .slice(
                    from: [0, 0, padding.top, padding.left],
                    to: [0, 0, input[2] - padding.bottom, input[3] - padding.right], wholeAxes: [0, 1])
            ])
        case .channelSlice(let start, let count):
            return .layers([.slice(from: [0, start], to: [0, start + count], wholeAxes: [0])])
        case .concatenate:
            return .layers([
                IRStep(
                    type: "Concat", operands: node.inputs.indices.map { .operand($0) }, attributes: [("axis", "1")])
            ])
        case .quantize(let quantization):
            guard !quantization.isPerChannel else { return .refused("values with a scale for each channel") }
            guard quantization.dataType != .int32 else { return .refused("values of 32 bits") }
            return .layers(.bytes(quantization, rank: input.rank))
        case .dequantize(let quantization): return dequantization(quantization, node)
        case .argMax, .oneHot: return .refused("no layer of a classifier")
        case .convolutionDataGradient, .convolutionWeightGradient, .batchNormalizationTraining,
            .batchNormalizationGradient, .movingAverage, .maxPoolGradient, .averagePoolGradient, .reluGradient,
            .clipGradient, .randomDropout, .sumTo, .broadcastTo, .momentumUpdate, .fakeQuantize, .fakeQuantizeChannels:
            return .refused("an operator of training")
        }
    }

    private func convolution(_ attributes: ConvolutionAttributes, _ node: Node) -> [IRStep] {
        let weight = shape(of: node.inputs[1]).dimensions
        let groups = attributes.groups
        // The channels of a group have an axis of their own.
        let grouped = [groups, weight[0] / groups] + weight.dropFirst()
        let padding = attributes.padding
        return [
            IRStep(
                type: groups == 1 ? "Convolution" : "GroupConvolution",
                operands: [.operand(0), groups == 1 ? .operand(1) : .shaped(1, grouped)],
                attributes: [
                    ("strides", list(attributes.strides)), ("dilations", list(attributes.dilations)),
                    ("pads_begin", "\(padding.top),\(padding.left)"), ("pads_end", "\(padding.bottom),\(padding.right)"),
                    ("auto_pad", "explicit"),
                ])
        ] + bias(node, [1, weight[0], 1, 1])
    }

    /// The addition of a layer's third operand, where it has one.
    private func bias(_ node: Node, _ shape: [Int]) -> [IRStep] {
        node.inputs.count > 2 ? [.binary("Add", .previous, .shaped(2, shape))] : []
    }

    private func dequantization(_ quantization: Quantization, _ node: Node) -> IROperator {
        switch origin(of: node.inputs[0]) {
        case .variable, .constant: return .stored(quantization)
        case .input, .node: break
        }
        guard !quantization.isPerChannel else { return .refused("values with a scale for each channel") }
        let ones = [Int](repeating: 1, count: shape(of: node.outputs[0]).rank)
        return .layers([
            .convert(.operand(0), to: .float32),
            .binary("Multiply", .previous, .constant(IRConstant(Double(quantization.scales[0]), shape: ones))),
        ])
    }
}

/// `1` where the comparison holds, else `0`, as floats.
private func comparison(_ type: String) -> [IRStep] {
    [.binary(type, .operand(0), .operand(1), element: .boolean), .convert(.previous, to: .float32)]
}

private func list(_ extent: Extent) -> String { "\(extent.height),\(extent.width)" }

extension IRStep {
    fileprivate static func matMul(
        _ left: Operand, _ right: Operand, transposeLeft: Bool, transposeRight: Bool
    ) -> IRStep {
        IRStep(
            type: "MatMul", operands: [left, right],
            attributes: [("transpose_a", "\(transposeLeft)"), ("transpose_b", "\(transposeRight)")])
    }

    fileprivate static func reduction(
        _ type: String, _ reduction: Reduction, of operand: Operand = .operand(0)
    ) -> IRStep {
        IRStep(
            type: type, operands: [operand, .constant(IRConstant(reduction.axes))],
            attributes: [("keep_dims", "\(reduction.keepsAxes)")])
    }

    /// - Parameter wholeAxes: axes of which nothing is cut off, however long they are.
    fileprivate static func slice(from starts: [Int], to ends: [Int], wholeAxes: Set<Int>) -> IRStep {
        let mask = starts.indices.map { wholeAxes.contains($0) ? "1" : "0" }.joined(separator: ",")
        let none = starts.map { _ in "0" }.joined(separator: ",")
        return IRStep(
            type: "StridedSlice",
            operands: [.operand(0), .constant(IRConstant(starts)), .constant(IRConstant(ends))],
            attributes: [
                ("begin_mask", mask), ("end_mask", mask), ("new_axis_mask", none), ("shrink_axis_mask", none),
                ("ellipsis_mask", none),
            ])
    }
}

extension PoolAttributes {
    fileprivate var data: [(String, String)] {
        [
            ("kernel", list(kernel)), ("strides", list(strides)), ("pads_begin", "\(padding.top),\(padding.left)"),
            ("pads_end", "\(padding.bottom),\(padding.right)"), ("rounding_type", "floor"), ("auto_pad", "explicit"),
        ]
    }
}

extension Double {
    /// The nearest float in decimal digits that read back as the same; the largest float for an infinite number.
    fileprivate var literal: String {
        let largest = Float.greatestFiniteMagnitude
        return "\(Swift.min(Swift.max(Float(self), -largest), largest))"
    }
}
