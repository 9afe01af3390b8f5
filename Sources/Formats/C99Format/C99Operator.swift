import Graphs
import Tensors

/// How one operator is written in C.
enum C99Operator {
    /// A call of a kernel. `%y` stands for the result, `%0`, `%1` … for the operands.
    ///
    /// - Parameter inPlace: whether the result may lie where the first operand lies.
    case call(C99Kernel, arguments: String, inPlace: Bool)
    /// A call that turns floats into bytes or back; the same for those.
    case byteCall(C99ByteKernel, arguments: String, inPlace: Bool)
    /// Weights that lie in the model as bytes: a constant array, of floats where they are read as such.
    case stored
    /// Batch normalisation: its four tensors become a scale and a shift of each channel.
    case normalization(epsilon: Double)
    /// The result is the first operand.
    case alias
    /// C has it not; with the reason.
    case refused(String)
}

extension Graph {
    /// The one place that says how operators are written in C. The graph is built for a batch of 1.
    func c99(_ node: Node) -> C99Operator {
        let input = node.inputs.first.map { shape(of: $0) } ?? .scalar
        let output = shape(of: node.outputs[0])
        func unary(_ kernel: C99Kernel, _ extra: String = "") -> C99Operator {
            .call(kernel, arguments: "%0, %y, \(input.count)\(extra)", inPlace: true)
        }
        switch node.op {
        case .convolution:
            let bias = node.inputs.count > 2 ? "%2" : "NULL"
            return .call(
                .convolution, arguments: "%0, %1, \(bias), %y, \(convolutionSizes(node))", inPlace: false)
        case .linear:
            let bias = node.inputs.count > 2 ? "%2" : "NULL"
            return .call(.linear, arguments: "%0, %1, \(bias), %y, \(input[1]), \(output[1])", inPlace: false)
        case .batchNormalization(let attributes): return .normalization(epsilon: attributes.epsilon)
        case .maxPool(let attributes):
            return .call(.maxPool, arguments: poolArguments(attributes, input, output), inPlace: false)
        case .averagePool(let attributes):
            return .call(.averagePool, arguments: poolArguments(attributes, input, output), inPlace: false)
        case .globalAveragePool:
            return .call(.globalAveragePool, arguments: "%0, %y, \(input[1]), \(input[2] * input[3])", inPlace: true)
        case .relu: return unary(.relu)
        case .clip(let lower, let upper): return unary(.clip, ", \(Float(lower).c99), \(Float(upper).c99)")
        case .affine(let scale, let offset): return unary(.affine, ", \(Float(scale).c99), \(Float(offset).c99)")
        case .exp: return unary(.exponential)
        case .log: return unary(.logarithm)
        case .squareRoot: return unary(.squareRoot)
        case .sigmoid: return unary(.sigmoid)
        case .hardSigmoid(let slope, let offset):
            return unary(.hardSigmoid, ", \(Float(slope).c99), \(Float(offset).c99)")
        case .errorFunction: return unary(.errorFunction)
        case .transpose(let permutation): return transposition(permutation, input)
        case .pad(let padding): return .call(.pad, arguments: planes(padding, input, output), inPlace: false)
        case .crop(let padding): return .call(.crop, arguments: planes(padding, output, input), inPlace: false)
        case .channelSlice(let start, _):
            // Of one image the channels lie one behind the other.
            let first = start * (input.count / max(1, input[1]))
            return .call(.range, arguments: "%0, %y, \(first), \(output.count)", inPlace: false)
        case .stopGradient, .dropout, .reshape: return .alias
        case .add: return binary(.add, node)
        case .subtract: return binary(.subtract, node)
        case .multiply: return binary(.multiply, node)
        case .divide: return binary(.divide, node)
        case .maximum: return binary(.maximum, node)
        case .logSoftmax: return .call(.logSoftmax, arguments: "%0, %y, \(input.count)", inPlace: true)
        case .reduceSum(let reduction): return sums(reduction, input, mean: false)
        case .reduceMean(let reduction): return sums(reduction, input, mean: true)
        case .concatenate: return concatenation(node)
        case .matMul: return .refused("products of two computed matrices")
        case .equal, .less, .argMax, .oneHot, .sumOfSquares: return .refused("no layer of a classifier")
        case .quantize(let quantization):
            guard !quantization.isPerChannel, quantization.dataType != .int32 else {
                return .refused("integers of 32 bits, or of several scales, that are computed")
            }
            return .byteCall(
                .quantize(to: quantization.dataType), arguments: "%0, %y, \(input.count), \(quantization.scales[0].c99)",
                inPlace: true)
        case .dequantize(let quantization):
            if origin(of: node.inputs[0]) == .variable { return .stored }
            guard !quantization.isPerChannel, quantization.dataType != .int32 else {
                return .refused("integers of 32 bits, or of several scales, that are computed")
            }
            return .byteCall(
                .dequantize(from: quantization.dataType), arguments: "%0, %y, \(input.count), \(quantization.scales[0].c99)",
                inPlace: false)
        case .convolutionDataGradient, .convolutionWeightGradient, .batchNormalizationTraining,
            .batchNormalizationGradient, .movingAverage, .maxPoolGradient, .averagePoolGradient, .reluGradient,
            .clipGradient, .randomDropout, .sumTo, .broadcastTo, .momentumUpdate, .fakeQuantize, .fakeQuantizeChannels:
            return .refused("an operator of training")
        }
    }

    /// What a convolution is told of its sizes.
    func convolutionSizes(_ node: Node) -> String {
        guard case .convolution(let attributes) = node.op else { preconditionFailure("\(node.op) is no convolution") }
        let (input, weight, output) = (shape(of: node.inputs[0]), shape(of: node.inputs[1]), shape(of: node.outputs[0]))
        let sizes = [
            input[1], input[2], input[3], output[1], output[2], output[3], weight[2], weight[3],
            attributes.strides.height, attributes.strides.width, attributes.padding.top, attributes.padding.left,
            attributes.dilations.height, attributes.dilations.width, attributes.groups,
        ]
        return "(convolution_sizes){ \(list(sizes)) }"
    }

    /// The arguments of a pooling, of floats or bytes.
    func poolArguments(_ attributes: PoolAttributes, _ input: Shape, _ output: Shape) -> String {
        let sizes = [
            input[1], input[2], input[3], output[2], output[3], attributes.kernel.height, attributes.kernel.width,
            attributes.strides.height, attributes.strides.width, attributes.padding.top, attributes.padding.left,
            attributes.countsPadding ? 1 : 0,
        ]
        return "%0, %y, (pool_sizes){ \(list(sizes)) }"
    }

    /// - Parameters:
    ///   - inner: the smaller planes.
    ///   - outer: those with the padding.
    private func planes(_ padding: Padding, _ inner: Shape, _ outer: Shape) -> String {
        "%0, %y, \(list([inner[1], inner[2], inner[3], outer[2], outer[3], padding.top, padding.left]))"
    }

    private func transposition(_ permutation: [Int], _ input: Shape) -> C99Operator {
        guard permutation.count <= 6 else { return .refused("more than six axes") }
        let missing = [Int](repeating: 1, count: 6 - permutation.count)
        let extents = missing + permutation.map { input[$0] }
        let steps = missing + permutation.map { input.strides[$0] }
        return .call(
            .transpose, arguments: "%0, %y, (const int[]){ \(list(extents)) }, (const int[]){ \(list(steps)) }",
            inPlace: false)
    }

    private func binary(_ kernel: C99Kernel, _ node: Node) -> C99Operator {
        let (left, right, result) = (shape(of: node.inputs[0]), shape(of: node.inputs[1]), shape(of: node.outputs[0]))
        guard result.rank <= 4 else { return .refused("more than four axes") }
        func array(_ numbers: [Int]) -> String { "(const int[]){ \(list(numbers)) }" }
        let arguments =
            "%0, \(array(left.steps(in: result))), %1, \(array(right.steps(in: result))), %y, \(array(result.places))"
        return .call(kernel, arguments: arguments, inPlace: left == result)
    }

    /// Of one image, so that operands lie one behind the other.
    private func concatenation(_ node: Node) -> C99Operator {
        let sizes = node.inputs.map { shape(of: $0).count }
        let operands = sizes.indices.map { "%\($0)" }.joined(separator: ", ")
        return .call(
            .concatenate,
            arguments: "(const float *const[]){ \(operands) }, (const int[]){ \(list(sizes)) }, \(sizes.count), %y",
            inPlace: false)
    }

    /// Only sums over the last axes: rows of memory.
    private func sums(_ reduction: Reduction, _ input: Shape, mean: Bool) -> C99Operator {
        let first = reduction.axes.first ?? input.rank
        guard first > 0, reduction.axes == Array(first..<input.rank) else {
            return .refused("a reduction over axes \(reduction.axes), which are not the last")
        }
        let columns = input.dimensions[first...].reduce(1, *)
        let factor = mean ? 1 / Float(columns) : 1
        return .call(
            .rowSums, arguments: "%0, %y, \(input.count / columns), \(columns), \(factor.c99)", inPlace: true)
    }
}

private func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ", ") }

extension Shape {
    /// The last three extents of one image, 1 where there are none.
    fileprivate var places: [Int] { Array(([1, 1, 1] + dimensions.dropFirst()).suffix(3)) }

    /// Steps along the last three axes of `result`, 0 where this operand is repeated.
    fileprivate func steps(in result: Shape) -> [Int] {
        // As NumPy does, operands are aligned at their last axes; axis 0 of a whole result is the batch of 1.
        let own = [Int](repeating: 1, count: max(0, 4 - rank)) + dimensions
        let whole = [Int](repeating: 1, count: max(0, 4 - result.rank)) + result.dimensions
        var steps = [0, 0, 0]
        var step = 1
        for axis in stride(from: 3, through: 1, by: -1) {
            steps[axis - 1] = own[axis] == 1 && whole[axis] != 1 ? 0 : step
            step *= own[axis]
        }
        return steps
    }
}

extension Float {
    /// The number as a C literal that reads back as the same float.
    var c99: String {
        if isNaN { return "NAN" }
        if isInfinite { return self < 0 ? "-INFINITY" : "INFINITY" }
        return "\(self)f"
    }
}
