package import Diagnostics
import Tensors

/// Adds the reverse-mode gradient of a scalar loss, as ordinary operators of the same graph.
///
/// Only what lies between `variables` and `loss` is differentiated: nothing is computed for values that do not depend on
/// the variables, such as the image or a frozen teacher. Where a value is used several times its gradients are added. A
/// variable that does not reach the loss gets zeros.
///
/// - Parameters:
///   - loss: a float32 scalar of `builder`.
///   - variables: any float32 values of `builder`, mostly its trainable variables.
/// - Returns: one value per variable, in order, each of its variable's type.
/// - Throws: `ErdeError` when the derivative's operators do not fit; that would be a defect of the derivative table.
package func gradients(
    of loss: Value, withRespectTo variables: [Value], in builder: inout GraphBuilder
) throws(ErdeError) -> [Value] {
    precondition(builder.type(of: loss) == TensorType(.scalar), "loss of type \(builder.type(of: loss))")
    let forward = builder.graph
    let active = forward.valuesDepending(on: variables)
    return try builder.scoped("gradient") { (builder: inout GraphBuilder) throws(ErdeError) -> [Value] in
        var accumulated: [Value: Value] = [:]
        if active[loss.id] { accumulated[loss] = builder.constant("of_loss", Tensor(1)) }
        for index in forward.nodesNeeded(for: [loss]).reversed() {
            let node = forward.nodes[index]
            let incoming = node.outputs.map { accumulated[$0] }
            let wanted = node.inputs.indices.filter {
                active[node.inputs[$0].id] && node.op.differentiates(operand: $0)
            }
            guard !wanted.isEmpty, incoming.contains(where: { $0 != nil }) else { continue }
            let name = forward.name(of: node.outputs[0])
            let contributions = try builder.scoped(name) { (builder: inout GraphBuilder) throws(ErdeError) in
                var derivative = Derivative(of: node, resultGradients: incoming, wanted: Set(wanted))
                // Lent by exchange, so that the graph keeps one owner and is never copied.
                swap(&derivative.builder, &builder)
                defer { swap(&derivative.builder, &builder) }
                return try derivative.operandGradients()
            }
            for position in wanted {
                let operand = node.inputs[position]
                guard var sum = contributions[position] else { continue }
                if let earlier = accumulated[operand] {
                    sum = try builder.apply(.add, earlier, sum, name: forward.name(of: operand))
                }
                accumulated[operand] = sum
            }
        }
        var results: [Value] = []
        for variable in variables {
            if let gradient = accumulated[variable] {
                results.append(gradient)
            } else {
                let zero = Op.affine(scale: 0, offset: 0)
                results.append(try builder.apply(zero, variable, name: forward.name(of: variable)))
            }
        }
        return results
    }
}

extension Graph {
    /// For each value id, whether a small change of any of `sources` can change it differentiably.
    fileprivate func valuesDepending(on sources: [Value]) -> [Bool] {
        var depends = [Bool](repeating: false, count: values.count)
        for source in sources { depends[source.id] = true }
        for node in nodes {
            let reached = node.inputs.indices.contains {
                depends[node.inputs[$0].id] && node.op.differentiates(operand: $0)
            }
            if reached { for output in node.outputs { depends[output.id] = true } }
        }
        return depends
    }
}

extension Op {
    /// Whether the result depends on this operand's value in a way that carries a gradient.
    fileprivate func differentiates(operand: Int) -> Bool {
        switch self {
        case .stopGradient, .equal, .less, .argMax, .oneHot, .quantize, .dequantize: false
        case .randomDropout: operand == 0
        case .convolution, .convolutionDataGradient, .convolutionWeightGradient, .linear, .matMul, .batchNormalization,
            .batchNormalizationTraining, .batchNormalizationGradient, .movingAverage, .maxPool, .maxPoolGradient,
            .averagePool, .averagePoolGradient, .globalAveragePool, .relu, .reluGradient, .clip, .clipGradient, .affine,
            .exp, .log, .squareRoot, .dropout, .add, .subtract, .multiply, .divide, .maximum, .logSoftmax, .reduceSum,
            .reduceMean, .sumOfSquares, .sumTo, .broadcastTo, .reshape, .concatenate, .channelSlice, .sigmoid, .hardSigmoid,
            .errorFunction, .transpose, .pad, .crop, .momentumUpdate, .fakeQuantize, .fakeQuantizeChannels:
            !shapeOnlyOperands.contains(operand)
        }
    }
}
