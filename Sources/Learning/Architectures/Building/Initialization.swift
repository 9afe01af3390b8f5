import Glibc
package import Graphs
import Tensors

/// The variables' first contents, before any training.
///
/// * Convolution kernels `[O,C/groups,h,w]`: normal with variance `2 / (O/groups·h·w)` (He et al., 2015, by fan-out).
/// * Fully connected weights and biases: uniform in `±1/√inputs`.
/// * Batch normalisation: scale 1, bias 0, running mean 0, running variance 1. Convolution biases: 0.
///
/// Every variable draws from a generator of its own, seeded by its name, so that the same layer of two networks, or of
/// one network built in another order, starts equal.
package func initialParameters(for graph: Graph, seed: UInt64) -> Parameters {
    var parameters = Parameters()
    for variable in graph.variables {
        parameters[graph.name(of: variable.value)] = Tensor(repeating: 0, graph.shape(of: variable.value))
    }
    for node in graph.nodes {
        switch node.op {
        case .convolution(let attributes):
            parameters.fill(node.inputs[1], of: graph, seed: seed) { shape, generator in
                let fanOut = shape[0] / attributes.groups * shape[2] * shape[3]
                let deviation = (2 / Double(fanOut)).squareRoot()
                return Float(deviation * generator.normal())
            }
        case .linear:
            let bound = 1 / Double(graph.shape(of: node.inputs[1])[1]).squareRoot()
            for operand in node.inputs.dropFirst() {
                parameters.fill(operand, of: graph, seed: seed) { _, generator in
                    Float(bound * (2 * generator.uniform() - 1))
                }
            }
        case .batchNormalization:
            for operand in [node.inputs[1], node.inputs[4]] {
                parameters.fill(operand, of: graph, seed: seed) { _, _ in 1 }
            }
        case .convolutionDataGradient, .convolutionWeightGradient, .matMul, .batchNormalizationTraining,
            .batchNormalizationGradient, .movingAverage, .maxPool, .maxPoolGradient, .averagePool, .averagePoolGradient,
            .globalAveragePool, .relu, .reluGradient, .clip, .clipGradient, .affine, .exp, .log, .squareRoot,
            .stopGradient, .dropout, .randomDropout, .add, .subtract, .multiply, .divide, .maximum, .equal, .less,
            .logSoftmax, .argMax, .oneHot, .reduceSum, .reduceMean, .sumOfSquares, .sumTo, .broadcastTo, .reshape,
            .concatenate, .channelSlice, .sigmoid, .hardSigmoid, .errorFunction, .transpose, .pad, .crop, .momentumUpdate,
            .quantize, .dequantize, .fakeQuantize, .fakeQuantizeChannels:
            break
        }
    }
    return parameters
}

extension Parameters {
    /// Draws every element of a variable; constants and computed values are left alone.
    fileprivate mutating func fill(
        _ value: Value, of graph: Graph, seed: UInt64, _ draw: (Shape, inout RandomGenerator) -> Float
    ) {
        guard graph.origin(of: value) == .variable else { return }
        let name = graph.name(of: value)
        let shape = graph.shape(of: value)
        var generator = RandomGenerator(seed: seed, stream: stableHash(of: name))
        self[name] = Tensor(shape, (0..<shape.count).map { _ in draw(shape, &generator) })
    }
}

extension RandomGenerator {
    /// A standard normal number, by Box and Muller's transform.
    fileprivate mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * Double.pi * uniform())
    }
}

/// The FNV-1a hash of a name: the same in every run, unlike `Hasher`.
private func stableHash(of name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
