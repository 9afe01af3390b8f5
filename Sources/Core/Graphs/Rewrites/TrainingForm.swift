package import Diagnostics

/// A canonical graph inside a training graph, as `GraphBuilder.inlineForTraining` puts it there.
package struct TrainingForm: Sendable {
    /// Where each value of the canonical graph went.
    package let values: [Value: Value]
    /// The canonical graph's outputs, in order.
    package let outputs: [Value]
}

extension GraphBuilder {
    /// Copies a canonical graph in the form in which it is trained.
    ///
    /// Batch normalisation uses the batch's own statistics, and running statistics are updated from them by a moving
    /// average; the running variance takes the biased variance of the batch. Statistics that several normalisations share
    /// are moved by one after the other. Marked dropouts draw random masks; those of rate 0 vanish. What depends on no
    /// trainable variable is frozen: it stays as it is for inference. Variables are declared under the current scope with
    /// their names.
    ///
    /// - Parameters:
    ///   - graph: a graph with one input.
    ///   - image: what to feed that input.
    ///   - dropoutSeed: int32 `[2]`, new in every step.
    package mutating func inlineForTraining(
        _ graph: Graph, image: Value, dropoutSeed: Value
    ) throws(ErdeError) -> TrainingForm {
        precondition(graph.inputs.count == 1, "\(graph.inputs.count) inputs of a canonical graph")
        precondition(graph.updates.isEmpty, "updates in a canonical graph")
        let learning = graph.valuesThatLearn()
        var updates: [Graph.Update] = []
        let values = try inline(graph, bindings: [graph.inputs[0].value: image]) {
            (node, operands, name, builder) throws(ErdeError) -> [Value]? in
            switch node.op {
            case .batchNormalization where !learning.contains(node.outputs[0]): return nil
            case .dropout where !learning.contains(node.outputs[0]): return [operands[0]]
            case .batchNormalization(let attributes):
                return [try builder.trainingNormalization(attributes, operands, name: name, &updates)]
            case .dropout(let rate):
                if rate == 0 { return [operands[0]] }
                let op = Op.randomDropout(rate: rate, salt: builder.nextSalt())
                return [try builder.apply(op, operands[0], dropoutSeed, name: name)]
            case .convolution, .convolutionDataGradient, .convolutionWeightGradient, .linear, .matMul,
                .batchNormalizationTraining, .batchNormalizationGradient, .movingAverage, .maxPool, .maxPoolGradient,
                .averagePool, .averagePoolGradient, .globalAveragePool, .relu, .reluGradient, .clip, .clipGradient,
                .affine, .exp, .log, .squareRoot, .stopGradient, .randomDropout, .add, .subtract, .multiply, .divide,
                .maximum, .equal, .less, .logSoftmax, .argMax, .oneHot, .reduceSum, .reduceMean, .sumOfSquares, .sumTo,
                .broadcastTo, .reshape, .concatenate, .channelSlice, .sigmoid, .hardSigmoid, .errorFunction, .transpose, .pad,
                .crop, .momentumUpdate, .quantize, .dequantize, .fakeQuantize, .fakeQuantizeChannels:
                return nil
            }
        }
        for newest in updates { update(newest.variable, to: newest.value) }
        return TrainingForm(values: values, outputs: graph.outputs.map { values[$0.value]! })
    }

    /// Batch normalisation with the batch's statistics, and the updates of the running ones after those so far.
    private mutating func trainingNormalization(
        _ attributes: BatchNormalizationAttributes, _ operands: [Value], name: String, _ updates: inout [Graph.Update]
    ) throws(ErdeError) -> Value {
        let results = try apply(.batchNormalizationTraining(attributes), Array(operands[0...2]), name: name)
        for (running, batch) in [(operands[3], results[1]), (operands[4], results[2])]
        where graph.origin(of: running) == .variable {
            let earlier = updates.firstIndex { $0.variable == running }
            let old = if let earlier { updates[earlier].value } else { running }
            let average = Op.movingAverage(momentum: attributes.momentum)
            let new = try apply(average, old, batch, name: "\(graph.name(of: batch))_running")
            let newest = Graph.Update(variable: running, value: new)
            if let earlier { updates[earlier] = newest } else { updates.append(newest) }
        }
        return results[0]
    }
}
