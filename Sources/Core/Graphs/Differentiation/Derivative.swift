import Diagnostics
import Tensors

/// The vector-Jacobian product of one operator application: from gradients of its results to those of its operands.
///
/// Below, `x`, `a`, `b` are operands, `y` the result, and `dv` is the gradient of the loss with respect to `v`.
struct Derivative {
    let node: Node
    let resultGradients: [Value?]
    /// Positions of the operands whose gradients are asked for.
    let wanted: Set<Int>
    /// Where the derivative's operators go.
    var builder = GraphBuilder()

    init(of node: Node, resultGradients: [Value?], wanted: Set<Int>) {
        self.node = node
        self.resultGradients = resultGradients
        self.wanted = wanted
    }

    /// The table of derivatives. Returns gradients by operand position, for wanted positions at least where there is one.
    mutating func operandGradients() throws(ErdeError) -> [Int: Value] {
        let inputs = node.inputs
        let x = inputs[0]
        let y = node.outputs[0]
        guard let dy = resultGradients[0] else {
            preconditionFailure("\(node.op.name) has no derivative through its statistics")
        }
        var results: [Int: Value] = [:]
        switch node.op {
        case .convolution(let attributes):
            let weight = inputs[1]
            if wants(0) { results[0] = try builder.apply(.convolutionDataGradient(attributes), dy, weight, x) }
            if wants(1) { results[1] = try builder.apply(.convolutionWeightGradient(attributes), dy, x, weight) }
            if wants(2) { results[2] = try builder.apply(.reduceSum(Reduction(axes: [0, 2, 3])), dy) }
        case .linear:
            let (plain, transposed) = (Op.product(false, false), Op.product(true, false))
            if wants(0) { results[0] = try builder.apply(plain, dy, inputs[1]) }
            if wants(1) { results[1] = try builder.apply(transposed, dy, x) }
            if wants(2) { results[2] = try builder.apply(.reduceSum(Reduction(axes: [0])), dy) }
        case .matMul(let left, let right):
            // C = A'·B', where the prime marks a transposition on request: dA' = dC·B'ᵀ, dB' = A'ᵀ·dC.
            let (a, b) = (x, inputs[1])
            if wants(0), left { results[0] = try builder.apply(.product(right, true), b, dy) }
            if wants(0), !left { results[0] = try builder.apply(.product(false, !right), dy, b) }
            if wants(1), right { results[1] = try builder.apply(.product(true, left), dy, a) }
            if wants(1), !right { results[1] = try builder.apply(.product(!left, false), a, dy) }
        case .batchNormalization(let attributes):
            results = try batchNormalization(attributes, dy)
        case .batchNormalizationTraining(let attributes):
            precondition(
                resultGradients[1] == nil && resultGradients[2] == nil,
                "batchNormalizationTraining has no derivative through its statistics")
            let operands = [dy, x, inputs[1], node.outputs[1], node.outputs[2]]
            let gradients = try builder.apply(.batchNormalizationGradient(attributes), operands)
            for position in 0..<3 { results[position] = gradients[position] }
        case .movingAverage(let momentum):
            if wants(0) { results[0] = try scaled(dy, by: 1 - momentum) }
            if wants(1) { results[1] = try scaled(dy, by: momentum) }
        case .maxPool(let attributes):
            results[0] = try builder.apply(.maxPoolGradient(attributes), dy, x)
        case .averagePool(let attributes):
            results[0] = try builder.apply(.averagePoolGradient(attributes), dy, x)
        case .globalAveragePool:
            let share = try scaled(dy, by: 1 / Double(shape(x)[2] * shape(x)[3]))
            results[0] = try builder.apply(.broadcastTo, share, x)
        case .relu:
            results[0] = try builder.apply(.reluGradient, dy, y)
        case .clip(let lower, let upper):
            results[0] = try builder.apply(.clipGradient(lower: lower, upper: upper), dy, x)
        case .affine(let scale, _):
            results[0] = try scaled(dy, by: scale)
        case .exp:
            results[0] = try builder.apply(.multiply, dy, y)
        case .log:
            results[0] = try builder.apply(.divide, dy, x)
        case .squareRoot:
            let half = try scaled(dy, by: 0.5)
            results[0] = try builder.apply(.divide, half, y)
        case .sigmoid:
            // dx = dy·y·(1 − y)
            let rest = try builder.apply(.affine(scale: -1, offset: 1), y)
            results[0] = try builder.apply(.multiply, dy, builder.apply(.multiply, y, rest))
        case .hardSigmoid(let slope, let offset):
            let steep = try builder.apply(.clipGradient(lower: -offset / slope, upper: (1 - offset) / slope), dy, x)
            results[0] = try scaled(steep, by: slope)
        case .errorFunction:
            // dx = dy·2/√π·exp(−x²)
            let exponent = try scaled(builder.apply(.multiply, x, x), by: -1)
            let density = try scaled(builder.apply(.exp, exponent), by: 2 / Double.pi.squareRoot())
            results[0] = try builder.apply(.multiply, dy, density)
        case .dropout:
            results[0] = dy
        case .randomDropout(let rate, let salt):
            // The mask depends on seed, salt and position alone, so this draws the forward pass's mask again.
            results[0] = try builder.apply(.randomDropout(rate: rate, salt: salt), dy, inputs[1])
        case .add:
            if wants(0) { results[0] = try summed(dy, to: x) }
            if wants(1) { results[1] = try summed(dy, to: inputs[1]) }
        case .subtract:
            if wants(0) { results[0] = try summed(dy, to: x) }
            if wants(1) { results[1] = try scaled(summed(dy, to: inputs[1]), by: -1) }
        case .multiply:
            if wants(0) { results[0] = try summed(builder.apply(.multiply, dy, inputs[1]), to: x) }
            if wants(1) { results[1] = try summed(builder.apply(.multiply, dy, x), to: inputs[1]) }
        case .divide:
            // da = dy/b, db = −dy·y/b
            let quotient = try builder.apply(.divide, dy, inputs[1])
            if wants(0) { results[0] = try summed(quotient, to: x) }
            if wants(1) {
                let product = try builder.apply(.multiply, quotient, y)
                results[1] = try scaled(summed(product, to: inputs[1]), by: -1)
            }
        case .maximum:
            // The larger operand takes the gradient; of two equal ones the first does.
            let second = try builder.apply(.less, x, inputs[1])
            if wants(0) {
                let first = try builder.apply(.affine(scale: -1, offset: 1), second)
                results[0] = try summed(builder.apply(.multiply, dy, first), to: x)
            }
            if wants(1) { results[1] = try summed(builder.apply(.multiply, dy, second), to: inputs[1]) }
        case .logSoftmax:
            // dx = dy − softmax(x)·Σ dy
            let sum = try builder.apply(.reduceSum(Reduction(axes: [1], keepsAxes: true)), dy)
            let probabilities = try builder.apply(.exp, y)
            let share = try builder.apply(.multiply, probabilities, sum)
            results[0] = try builder.apply(.subtract, dy, share)
        case .reduceSum(let reduction):
            results[0] = try builder.apply(.broadcastTo, aligned(dy, reduction), x)
        case .reduceMean(let reduction):
            results[0] = try builder.apply(.broadcastTo, aligned(averaged(dy, reduction), reduction), x)
        case .sumOfSquares:
            results[0] = try builder.apply(.multiply, x, scaled(dy, by: 2))
        case .sumTo:
            results[0] = try builder.apply(.broadcastTo, dy, x)
        case .broadcastTo:
            results[0] = try builder.apply(.sumTo, dy, x)
        case .reshape:
            results[0] = try builder.apply(.reshape(trailing: Array(shape(x).dimensions.dropFirst())), dy)
        case .transpose(let permutation):
            let inverse = permutation.indices.map { axis in permutation.firstIndex(of: axis)! }
            results[0] = try builder.apply(.transpose(permutation: inverse), dy)
        case .pad(let padding):
            results[0] = try builder.apply(.crop(padding), dy)
        case .crop(let padding):
            results[0] = try builder.apply(.pad(padding), dy)
        case .channelSlice(let start, let count):
            results[0] = try between(dy, start: start, end: start + count)
        case .concatenate:
            var start = 0
            for (position, operand) in inputs.enumerated() {
                let count = shape(operand)[1]
                if wants(position) { results[position] = try builder.apply(.channelSlice(start: start, count: count), dy) }
                start += count
            }
        case .fakeQuantize(let quantization):
            let (lower, upper) = quantization.passing
            results[0] = try builder.apply(.clipGradient(lower: lower, upper: upper), dy, x)
        case .fakeQuantizeChannels:
            results[0] = dy
        case .stopGradient, .equal, .less, .argMax, .oneHot, .quantize, .dequantize:
            break
        case .convolutionDataGradient, .convolutionWeightGradient, .batchNormalizationGradient, .maxPoolGradient,
            .averagePoolGradient, .reluGradient, .clipGradient, .momentumUpdate:
            preconditionFailure("\(node.op.name) has no derivative")
        }
        return results
    }

    /// With `r = √(variance + ε)` and `x̂ = (x − mean)/r`: `dx = dy·scale/r`, `dscale = Σ dy·x̂`, `dbias = Σ dy`,
    /// `dmean = −dbias·scale/r`, `dvariance = −½·dscale·scale/r²`; sums over all axes but the channels.
    private mutating func batchNormalization(
        _ attributes: BatchNormalizationAttributes, _ dy: Value
    ) throws(ErdeError) -> [Int: Value] {
        let (x, scale, mean, variance) = (node.inputs[0], node.inputs[1], node.inputs[3], node.inputs[4])
        let overChannels = Op.reduceSum(Reduction(axes: shape(x).rank == 4 ? [0, 2, 3] : [0]))
        let shifted = try builder.apply(.affine(scale: 1, offset: attributes.epsilon), variance)
        let deviation = try builder.apply(.squareRoot, shifted)
        let slope = try builder.apply(.divide, scale, deviation)
        var results: [Int: Value] = [:]
        if wants(0) { results[0] = try builder.apply(.multiply, dy, perChannel(slope)) }
        if wants(1) || wants(4) {
            let centred = try builder.apply(.subtract, x, perChannel(mean))
            let normalized = try builder.apply(.divide, centred, perChannel(deviation))
            let product = try builder.apply(.multiply, dy, normalized)
            results[1] = try builder.apply(overChannels, product)
        }
        if wants(2) || wants(3) { results[2] = try builder.apply(overChannels, dy) }
        if wants(3) { results[3] = try scaled(builder.apply(.multiply, results[2]!, slope), by: -1) }
        if wants(4) {
            let product = try builder.apply(.multiply, results[1]!, scale)
            results[4] = try scaled(builder.apply(.divide, product, shifted), by: -0.5)
        }
        return results
    }

    /// The gradient of the channels `start..<end`, with zeros for the others of operand 0.
    private mutating func between(_ gradient: Value, start: Int, end: Int) throws(ErdeError) -> Value {
        let x = node.inputs[0]
        let channels = shape(x)[1]
        var parts: [Value] = []
        if start > 0 { parts.append(try scaled(builder.apply(.channelSlice(start: 0, count: start), x), by: 0)) }
        parts.append(gradient)
        if end < channels {
            parts.append(try scaled(builder.apply(.channelSlice(start: end, count: channels - end), x), by: 0))
        }
        return parts.count == 1 ? gradient : try builder.apply(.concatenate, parts)[0]
    }

    // MARK: Steps shared by the rules

    private func shape(_ value: Value) -> Shape { builder.shape(of: value) }

    private func wants(_ position: Int) -> Bool { wanted.contains(position) }

    /// A vector over channels, shaped so that it broadcasts over images where operand 0 holds images.
    private mutating func perChannel(_ vector: Value) throws(ErdeError) -> Value {
        if shape(node.inputs[0]).rank != 4 { return vector }
        return try builder.apply(.reshape(trailing: [1, 1]), vector)
    }

    private mutating func scaled(_ value: Value, by scale: Double) throws(ErdeError) -> Value {
        try builder.apply(.affine(scale: scale, offset: 0), value)
    }

    /// Undoes broadcasting: sums `gradient` to the shape of `operand`.
    private mutating func summed(_ gradient: Value, to operand: Value) throws(ErdeError) -> Value {
        // A leading extent of 1 may be a batch of one, which can grow when the graph is rebatched.
        if shape(gradient) == shape(operand), shape(operand).dimensions.first != 1 { return gradient }
        return try builder.apply(.sumTo, gradient, operand)
    }

    /// The gradient of a reduction's result, shaped so that it broadcasts to the operand.
    private mutating func aligned(_ gradient: Value, _ reduction: Reduction) throws(ErdeError) -> Value {
        let extents = shape(node.inputs[0]).dimensions
        let kept = extents.indices.filter { !reduction.axes.contains($0) }
        guard !reduction.keepsAxes, let first = kept.first else { return gradient }
        // Broadcasting aligns last axes, so only axes after the first kept one need their extent of 1 back.
        let trailing = extents.indices.dropFirst(first + 1).map { reduction.axes.contains($0) ? 1 : extents[$0] }
        if trailing.count == kept.count - 1 { return gradient }
        return try builder.apply(.reshape(trailing: trailing), gradient)
    }

    /// The gradient divided by the number of elements that each mean was taken over.
    private mutating func averaged(_ gradient: Value, _ reduction: Reduction) throws(ErdeError) -> Value {
        let x = node.inputs[0]
        guard reduction.axes.contains(0) else {
            return try scaled(gradient, by: 1 / Double(reduction.axes.reduce(1) { $0 * shape(x)[$1] }))
        }
        // The batch size may change with a rebatching, so it is counted in the graph.
        let ones = try builder.apply(.broadcastTo, builder.constant("one", Tensor(1)), x)
        return try builder.apply(.divide, gradient, try builder.apply(.reduceSum(reduction), ones, name: "count"))
    }
}

extension Op {
    /// A product of matrices, each transposed first on request.
    fileprivate static func product(_ transposeLeft: Bool, _ transposeRight: Bool) -> Op {
        .matMul(transposeLeft: transposeLeft, transposeRight: transposeRight)
    }
}
