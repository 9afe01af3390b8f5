import Graphs
import Tensors

/// One call on bytes that stands for a group of operators.
struct C99Group {
    /// What a call reads: the values, or arrays made for it.
    enum Operand {
        case value(Value)
        /// A constant array of its own, named after the result.
        case floats(suffix: String, [Float])
    }

    let kernel: C99ByteKernel
    /// `%y` stands for the result, `%0`, `%1` … for the operands.
    let arguments: String
    let operands: [Operand]
    let result: Value
    /// The operand in whose place the result may lie.
    var replaced: Value?
}

/// Calls for the groups that `QuantizedFusions` finds in a graph built for a batch of 1.
struct C99Groups {
    let graph: Graph
    let parameters: Parameters

    /// The calls of a group, in order; a concatenation is one for each part.
    func calls(_ group: QuantizedFusions.Group) -> [C99Group] {
        switch group {
        case .convolution(let convolution): [self.convolution(convolution)]
        case .normalization(let normalization): [self.normalization(normalization)]
        case .maximumPool(let pool):
            [
                C99Group(
                    kernel: .maxPool(graph.type(of: pool.source).dataType),
                    arguments: graph.poolArguments(
                        pool.attributes, graph.shape(of: pool.source), graph.shape(of: pool.result)),
                    operands: [.value(pool.source)], result: pool.result)
            ]
        case .concatenation(let concatenation): parts(concatenation)
        }
    }

    /// Why a group cannot be written; nil when it can.
    func problem(_ group: QuantizedFusions.Group) -> String? {
        guard case .convolution(let convolution) = group, let bias = convolution.bias else { return nil }
        let channels = graph.shape(of: convolution.weight.value)[0]
        let matches = (0..<channels).allSatisfy { channel in
            let product = convolution.source.scale * convolution.weight.scale(of: channel)
            return abs(bias.scale(of: channel) - product) <= 1e-5 * product
        }
        return matches ? nil : "its bias is in other steps than its products"
    }

    private func convolution(_ group: QuantizedFusions.Convolution) -> C99Group {
        let channels = graph.shape(of: group.weight.value)[0]
        let step = group.quantization?.scales[0] ?? 1
        let type = group.quantization?.dataType ?? .float32
        let scales = (0..<channels).map { group.source.scale * group.weight.scale(of: $0) / step }
        var operands: [C99Group.Operand] = [.value(group.source.value), .value(group.weight.value)]
        if let bias = group.bias { operands.append(.value(bias.value)) }
        operands.append(.floats(suffix: "steps", scales))
        let bias = group.bias == nil ? "NULL" : "%2"
        var arguments = "%0, %1, \(bias), %\(operands.count - 1), %y, \(graph.convolutionSizes(group.node))"
        let limits = limits(group.activation, type, step: step)
        arguments += ", \(limits.lower.c99), \(limits.upper.c99)"
        if let addend = group.addend {
            arguments += ", %\(operands.count), \((addend.scale / step).c99)"
            operands.append(.value(addend.value))
        }
        return C99Group(
            kernel: .convolution(
                from: group.source.quantization.dataType, adding: group.addend?.quantization.dataType, to: type),
            arguments: arguments, operands: operands, result: group.result,
            // The input is read again for every output.
            replaced: group.addend?.value == group.source.value ? nil : group.addend?.value)
    }

    private func normalization(_ group: QuantizedFusions.Normalization) -> C99Group {
        guard case .batchNormalization(let attributes) = group.node.op else {
            preconditionFailure("\(group.node.op) is no batch normalisation")
        }
        let tensors = group.node.inputs.dropFirst().map {
            (parameters[graph.name(of: $0)]?.floats ?? []).map(Double.init)
        }
        let affine = ChannelAffine(tensors, epsilon: attributes.epsilon)
        let (from, to) = (Double(group.source.scale), Double(group.result.scale))
        let type = group.result.quantization.dataType
        let limits = limits(group.hasRelu ? .relu : nil, type, step: group.result.scale)
        let shape = graph.shape(of: group.source.value)
        return C99Group(
            kernel: .normalization(from: group.source.quantization.dataType, to: type),
            arguments: "%0, %1, %2, %y, \(shape[1]), \(shape.count / shape[1]), \(limits.lower.c99), \(limits.upper.c99)",
            operands: [
                .value(group.source.value), .floats(suffix: "scale", affine.slopes.map { Float($0 * from / to) }),
                .floats(suffix: "shift", affine.shifts.map { Float($0 / to) }),
            ],
            result: group.result.value, replaced: group.source.value)
    }

    /// Of one image, so that parts lie one behind the other.
    private func parts(_ group: QuantizedFusions.Concatenation) -> [C99Group] {
        var first = 0
        return group.parts.map { part in
            let count = graph.shape(of: part.value).count
            defer { first += count }
            return C99Group(
                kernel: .rescale(from: part.quantization.dataType, to: group.result.quantization.dataType),
                arguments: "%0, %y + \(first), \(count), \((part.scale / group.result.scale).c99)",
                operands: [.value(part.value)], result: group.result.value)
        }
    }

    /// Between which numbers of steps a result lies.
    private func limits(_ activation: Op?, _ type: DataType, step: Float) -> (lower: Float, upper: Float) {
        var (lower, upper) = (-Float.infinity, Float.infinity)
        if let integers = type == .float32 ? nil : type.integers {
            (lower, upper) = (Float(integers.lowerBound), Float(integers.upperBound))
        }
        switch activation {
        case .relu: lower = max(lower, 0)
        case .clip(let least, let most): (lower, upper) = (max(lower, Float(least) / step), min(upper, Float(most) / step))
        default: break
        }
        return (lower, upper)
    }
}
