package import Diagnostics
import Tensors

extension Graph {
    /// The same network without some coupled channels: variables and constants really lose them, and attributes that count
    /// channels (groups, trailing shapes, slices) are changed to fit. Names and order stay.
    ///
    /// - Parameters:
    ///   - removed: coupled channels, none of them with an obstacle.
    ///   - dependencies: of this graph.
    ///   - parameters: contents of all variables.
    /// - Throws: `ErdeError` of kind `badData` when a variable is missing, and when some layer would have no channel left.
    package func removing(
        _ removed: Set<Int>, of dependencies: ChannelDependencies, _ parameters: Parameters
    ) throws(ErdeError) -> (graph: Graph, parameters: Parameters) {
        precondition(updates.isEmpty, "\(updates.count) updates in a canonical graph")
        let removal = ChannelRemoval(graph: self, dependencies: dependencies, removed: removed)
        var builder = GraphBuilder()
        var bindings: [Value: Value] = [:]
        var contents = Parameters()
        for input in inputs {
            bindings[input.value] = builder.input(name(of: input.value), type(of: input.value), isBatched: input.isBatched)
        }
        for variable in variables {
            let name = name(of: variable.value)
            guard let tensor = parameters[name], tensor.shape == shape(of: variable.value) else {
                throw ErdeError(
                    .badData, name,
                    "expected a tensor of shape \(shape(of: variable.value)), found "
                        + (parameters[name].map { "\($0.shape)" } ?? "none"))
            }
            let narrowed = try removal.narrowed(tensor, of: variable.value)
            contents[name] = narrowed
            bindings[variable.value] = builder.variable(name, narrowed.shape, role: variable.role)
        }
        for (value, tensor) in constants.sorted(by: { $0.key.id < $1.key.id }) {
            bindings[value] = builder.constant(name(of: value), try removal.narrowed(tensor, of: value))
        }
        let mapped = try builder.inline(self, bindings: bindings) {
            (node, operands, name, builder) throws(ErdeError) -> [Value]? in
            try builder.apply(removal.narrowed(node), operands, name: name)
        }
        for output in outputs { builder.output(output.name, mapped[output.value]!) }
        return (builder.graph.removingDeadNodes(), contents)
    }
}

/// What is left of each part of a graph.
private struct ChannelRemoval {
    let graph: Graph
    let dependencies: ChannelDependencies
    let removed: Set<Int>

    /// A variable's or constant's content without the removed places.
    func narrowed(_ tensor: Tensor, of value: Value) throws(ErdeError) -> Tensor {
        var tensor = tensor
        for axis in tensor.shape.dimensions.indices {
            guard let places = dependencies.axes[ChannelAxis(value, axis)] else { continue }
            let kept = places.indices.filter { !removed.contains(places[$0]) }
            guard !kept.isEmpty || places.isEmpty else {
                throw ErdeError(
                    .badData, graph.name(of: value), "would have no channel left", remedy: "leave at least one channel")
            }
            if kept.count < places.count { tensor = tensor.selecting(kept, along: axis) }
        }
        return tensor
    }

    /// The operator for what is left.
    func narrowed(_ node: Node) -> Op {
        let result = kept(node.outputs[0])
        switch node.op {
        case .convolution(var attributes) where attributes.groups > 1:
            let before = graph.shape(of: node.outputs[0])[1]
            attributes.groups = attributes.groups * result.count / max(1, before)
            return .convolution(attributes)
        case .reshape(var trailing) where !trailing.isEmpty && !result.isEmpty:
            trailing[0] = result.count
            return .reshape(trailing: trailing)
        case .channelSlice(let start, _):
            let operand = places(node.inputs[0])
            let before = operand.prefix(start).count { !removed.contains($0) }
            return .channelSlice(start: before, count: result.count)
        case .convolution, .convolutionDataGradient, .convolutionWeightGradient, .linear, .matMul, .batchNormalization,
            .batchNormalizationTraining, .batchNormalizationGradient, .movingAverage, .maxPool, .maxPoolGradient,
            .averagePool, .averagePoolGradient, .globalAveragePool, .relu, .reluGradient, .clip, .clipGradient, .affine,
            .exp, .log, .squareRoot, .sigmoid, .hardSigmoid, .errorFunction, .stopGradient, .dropout, .randomDropout, .add,
            .subtract, .multiply, .divide,
            .maximum, .equal, .less, .logSoftmax, .argMax, .oneHot, .reduceSum, .reduceMean, .sumOfSquares, .sumTo,
            .broadcastTo, .reshape, .transpose, .pad, .crop, .concatenate, .momentumUpdate, .quantize, .dequantize, .fakeQuantize,
            .fakeQuantizeChannels:
            return node.op
        }
    }

    private func places(_ value: Value) -> [Int] {
        let computed = dependencies.channels[value.id]
        return computed.isEmpty ? dependencies.axes[ChannelAxis(value, 1)] ?? [] : computed
    }

    private func kept(_ value: Value) -> [Int] { places(value).filter { !removed.contains($0) } }
}

extension Tensor {
    /// The slices at some places of an axis.
    fileprivate func selecting(_ places: [Int], along axis: Int) -> Tensor {
        var dimensions = shape.dimensions
        let inner = dimensions[(axis + 1)...].reduce(1, *)
        let outer = dimensions[..<axis].reduce(1, *)
        let extent = dimensions[axis]
        dimensions[axis] = places.count
        func selected<Scalar>(_ scalars: [Scalar]) -> [Scalar] {
            var result: [Scalar] = []
            result.reserveCapacity(outer * places.count * inner)
            for block in 0..<outer {
                for place in places {
                    let start = (block * extent + place) * inner
                    result += scalars[start..<start + inner]
                }
            }
            return result
        }
        switch storage {
        case .float32(let scalars): return Tensor(Shape(dimensions), selected(scalars))
        case .int32(let scalars): return Tensor(Shape(dimensions), selected(scalars))
        case .int8(let scalars): return Tensor(Shape(dimensions), int8: selected(scalars))
        case .uint8(let scalars): return Tensor(Shape(dimensions), uint8: selected(scalars))
        }
    }
}
