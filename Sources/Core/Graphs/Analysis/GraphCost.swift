import Tensors

/// What a graph costs to run on one image, and how much it has learned.
package struct GraphCost: Hashable, Sendable {
    /// Multiply-adds of one image, for each node in order.
    package let nodeMACs: [Int]
    /// Multiply-adds of one image that leaves at each output, in order: everything that outputs up to there need,
    /// computed once.
    package let cumulativeMACs: [Int]
    /// Scalars learned by gradient; running statistics do not count.
    package let parameterCount: Int
}

extension Graph {
    /// Counts multiply-adds (MACs) and parameters.
    ///
    /// One MAC is one multiply-add of a convolution or a fully connected layer, the way fvcore counts; the bias, batch
    /// normalisation, activations, pooling and additions count 0. A convolution costs `H'·W'·O·(C/groups)·h·w`, a fully
    /// connected layer `O·I`.
    package func cost() -> GraphCost {
        let nodeMACs = nodes.map(macs(of:))
        let cumulative = outputs.indices.map { last in
            nodesNeeded(for: outputs[...last].map(\.value)).reduce(0) { $0 + nodeMACs[$1] }
        }
        let parameterCount = variables.lazy.filter(\.isTrainable).reduce(0) { $0 + shape(of: $1.value).count }
        return GraphCost(nodeMACs: nodeMACs, cumulativeMACs: cumulative, parameterCount: parameterCount)
    }

    private func macs(of node: Node) -> Int {
        switch node.op {
        case .convolution, .linear:
            // Each element of one image's result takes one MAC per weight of its output channel.
            let elements = shape(of: node.outputs[0]).dimensions.dropFirst().reduce(1, *)
            return elements * shape(of: node.inputs[1]).dimensions.dropFirst().reduce(1, *)
        case .convolutionDataGradient, .convolutionWeightGradient, .matMul, .batchNormalization,
            .batchNormalizationTraining, .batchNormalizationGradient, .movingAverage, .maxPool, .maxPoolGradient,
            .averagePool, .averagePoolGradient, .globalAveragePool, .relu, .reluGradient, .clip, .clipGradient, .affine,
            .exp, .log, .squareRoot, .stopGradient, .dropout, .randomDropout, .add, .subtract, .multiply, .divide,
            .maximum, .equal, .less, .logSoftmax, .argMax, .oneHot, .reduceSum, .reduceMean, .sumOfSquares, .sumTo,
            .broadcastTo, .reshape, .concatenate, .channelSlice, .sigmoid, .hardSigmoid, .errorFunction, .transpose, .pad, .crop,
            .momentumUpdate, .quantize, .dequantize, .fakeQuantize, .fakeQuantizeChannels:
            return 0
        }
    }
}
