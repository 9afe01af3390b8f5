package import Diagnostics
import Tensors

extension Graph {
    /// The same function of the image on integers, in the form that runtimes know as QDQ: a value that is to be bytes goes
    /// through `quantize`, and each of its readers through a `dequantize` of its own; weights are stored in int8 with a
    /// scale for each output channel, biases of convolutions in int32.
    ///
    /// Weights and biases keep their names.
    ///
    /// - Parameter parameters: contents of all variables of this graph in the form for inference.
    /// - Throws: `ErdeError` of kind `badData` when a weight is not finite, or a value's range is missing or not finite.
    package func quantizedForm(
        _ parameters: Parameters, _ plan: QuantizationPlan
    ) throws(ErdeError) -> (graph: Graph, parameters: Parameters) {
        try form(parameters, plan, .stored)
    }

    /// The same rounding in floats, for training: weights and values that would become bytes are rounded to what bytes
    /// stand for, and gradients pass straight through. Variables keep their names, roles and types.
    ///
    /// - Throws: as `quantizedForm`.
    package func fakeQuantizedForm(_ parameters: Parameters, _ plan: QuantizationPlan) throws(ErdeError) -> Graph {
        try form(parameters, plan, .simulated).graph
    }

    private func form(
        _ parameters: Parameters, _ plan: QuantizationPlan, _ rounding: QuantizedForm.Rounding
    ) throws(ErdeError) -> (graph: Graph, parameters: Parameters) {
        let sites = QuantizationSites(self, keepingInFloat: plan.floatLayers)
        var form = QuantizedForm(
            graph: self, sites: sites, plan: plan, quantizations: try quantizations(sites, plan), parameters: parameters,
            rounding: rounding)
        return try form.build()
    }

    /// How each value that becomes bytes is quantized; those that share a scale by all their ranges together.
    private func quantizations(
        _ sites: QuantizationSites, _ plan: QuantizationPlan
    ) throws(ErdeError) -> [Value: Quantization] {
        var ranges: [Value: ClosedRange<Float>] = [:]
        for value in sites.values {
            guard let range = plan.ranges[name(of: value)] else {
                throw ErdeError(
                    .badData, name(of: value), "has no range", remedy: "observe it on calibration images first")
            }
            guard range.lowerBound.isFinite, range.upperBound.isFinite else {
                throw ErdeError(
                    .badData, name(of: value), "takes values that are not finite",
                    remedy: "train the model again with a smaller learning rate")
            }
            let owner = sites.scaleOwners[value] ?? value
            let known = ranges[owner] ?? range
            ranges[owner] = min(known.lowerBound, range.lowerBound)...max(known.upperBound, range.upperBound)
        }
        var quantizations: [Value: Quantization] = [:]
        for value in sites.values {
            if let range = ranges[sites.scaleOwners[value] ?? value] {
                quantizations[value] = QuantizationPlan.quantization(of: range)
            }
        }
        return quantizations
    }
}

/// A quantized graph under construction.
private struct QuantizedForm {
    /// Where rounding shows.
    enum Rounding {
        /// In integers that are stored and passed on.
        case stored
        /// In floats.
        case simulated
    }

    let graph: Graph
    let sites: QuantizationSites
    let plan: QuantizationPlan
    let quantizations: [Value: Quantization]
    let parameters: Parameters
    let rounding: Rounding
    private var builder = GraphBuilder()
    private var contents = Parameters()
    /// Where floats of the old graph went.
    private var floats: [Value: Value] = [:]
    /// Where bytes that stand for floats of the old graph are.
    private var bytes: [Value: Value] = [:]

    init(
        graph: Graph, sites: QuantizationSites, plan: QuantizationPlan, quantizations: [Value: Quantization],
        parameters: Parameters, rounding: Rounding
    ) {
        self.graph = graph
        self.sites = sites
        self.plan = plan
        self.quantizations = quantizations
        self.parameters = parameters
        self.rounding = rounding
    }

    mutating func build() throws(ErdeError) -> (graph: Graph, parameters: Parameters) {
        for input in graph.inputs {
            floats[input.value] = builder.input(
                graph.name(of: input.value), graph.type(of: input.value), isBatched: input.isBatched)
        }
        let stored = rounding == .stored ? Set(graph.nodes.filter(sites.isQuantized).flatMap(storedOperands)) : []
        for variable in graph.variables where !stored.contains(variable.value) {
            let name = graph.name(of: variable.value)
            floats[variable.value] = builder.variable(
                name, graph.shape(of: variable.value), role: variable.role, dataType: graph.type(of: variable.value).dataType)
            contents[name] = parameters[name]
        }
        for (value, tensor) in graph.constants.sorted(by: { $0.key.id < $1.key.id }) {
            floats[value] = builder.constant(graph.name(of: value), tensor)
        }
        for input in graph.inputs { try quantize(input.value) }
        for node in graph.nodes {
            let operands = sites.isQuantized(node) ? try layerOperands(node) : try plainOperands(node)
            let results = try builder.apply(node.op, operands, name: graph.name(of: node.outputs[0]))
            for (old, new) in zip(node.outputs, results) {
                floats[old] = new
                try quantize(old)
            }
        }
        for output in graph.outputs { builder.output(output.name, floats[output.value]!) }
        return (builder.graph, contents)
    }

    /// The operands of a layer that are stored as integers: a fully connected layer keeps its bias.
    private func storedOperands(_ node: Node) -> [Value] {
        node.op == .linear ? [node.inputs[1]] : Array(node.inputs.dropFirst())
    }

    private mutating func quantize(_ value: Value) throws(ErdeError) {
        guard let quantization = quantizations[value] else { return }
        if rounding == .simulated {
            floats[value] = try builder.apply(
                .fakeQuantize(quantization), floats[value]!, name: "\(graph.name(of: value))_rounded")
            return
        }
        bytes[value] = try builder.apply(
            .quantize(quantization), floats[value]!, name: "\(graph.name(of: value))_\(quantization.dataType.rawValue)")
    }

    /// What a node reads: the float itself, or what its bytes stand for.
    private mutating func operand(_ value: Value) throws(ErdeError) -> Value {
        guard let source = bytes[value], let quantization = quantizations[value] else { return floats[value]! }
        return try builder.apply(.dequantize(quantization), source, name: "\(graph.name(of: value))_float")
    }

    private mutating func plainOperands(_ node: Node) throws(ErdeError) -> [Value] {
        var operands: [Value] = []
        for value in node.inputs { operands.append(try operand(value)) }
        return operands
    }

    /// The operands of a quantized layer, with its weights stored.
    private mutating func layerOperands(_ node: Node) throws(ErdeError) -> [Value] {
        let x = try operand(node.inputs[0])
        if rounding == .simulated {
            let limit = node.op == .linear ? 127 : plan.weightLimit
            let weight = try builder.apply(
                .fakeQuantizeChannels(limit: limit), floats[node.inputs[1]]!,
                name: "\(graph.name(of: node.inputs[1]))_rounded")
            return [x, weight] + node.inputs.dropFirst(2).map { floats[$0]! }
        }
        let weight = try content(node.inputs[1])
        guard node.op != .linear else {
            let scales = QuantizationPlan.weightScales(weight, bias: nil, inputScale: 1, limit: 127)
            let stored = try store(node.inputs[1], weight, Quantization(.int8, scales: scales), limit: 127)
            return [x, stored] + (node.inputs.count > 2 ? [floats[node.inputs[2]]!] : [])
        }
        let layer = graph.name(of: node.outputs[0])
        let bias = try shiftedBias(node, channels: weight.shape[0])
        let inputScale = quantizations[node.inputs[0]]?.scales[0] ?? 1
        let stored = plan.weightQuantization(weight, bias: bias?.floats, inputScale: inputScale)
        var operands = [x, try store(node.inputs[1], weight, stored, limit: plan.weightLimit)]
        if let bias {
            let quantization = Quantization(.int32, scales: stored.scales.map { $0 * inputScale })
            let name = node.inputs.count > 2 ? graph.name(of: node.inputs[2]) : "\(layer)_bias"
            operands.append(try store(name, bias, quantization, limit: Int(Int32.max)))
        }
        return operands
    }

    /// A convolution's bias with what the plan adds to it; nil when there is neither.
    private func shiftedBias(_ node: Node, channels: Int) throws(ErdeError) -> Tensor? {
        let bias = node.inputs.count > 2 ? try content(node.inputs[2]) : nil
        guard let shift = plan.biasShifts[graph.name(of: node.outputs[0])] else { return bias }
        let floats = bias?.floats ?? [Float](repeating: 0, count: channels)
        return Tensor([channels], zip(floats, shift).map { $0 + $1 })
    }

    private mutating func store(
        _ value: Value, _ tensor: Tensor, _ quantization: Quantization, limit: Int
    ) throws(ErdeError) -> Value {
        try store(graph.name(of: value), tensor, quantization, limit: limit)
    }

    /// Stores a variable as integers and returns what they stand for.
    private mutating func store(
        _ name: String, _ tensor: Tensor, _ quantization: Quantization, limit: Int
    ) throws(ErdeError) -> Value {
        let role = quantization.dataType == .int32 ? Variable.Role.bias : .weight
        let size = max(1, tensor.shape.dimensions.dropFirst().reduce(1, *))
        let scalars = tensor.floats
        let integers = scalars.indices.map { index in
            let nearest = quantization.integer(for: Double(scalars[index]), channel: index / size)
            return min(max(nearest, Double(-limit)), Double(limit))
        }
        let stored = builder.variable(name, tensor.shape, role: role, dataType: quantization.dataType)
        contents[builder.graph.name(of: stored)] =
            quantization.dataType == .int32
            ? Tensor(tensor.shape, integers.map { Int32($0) }) : Tensor(tensor.shape, int8: integers.map { Int8($0) })
        return try builder.apply(.dequantize(quantization), stored, name: "\(name)_float")
    }

    private func content(_ value: Value) throws(ErdeError) -> Tensor {
        let name = graph.name(of: value)
        guard let tensor = parameters[name], tensor.type == graph.type(of: value) else {
            throw ErdeError(.badData, name, "expected \(graph.type(of: value)), found another or none")
        }
        guard tensor.floats.allSatisfy(\.isFinite) else {
            throw ErdeError(
                .badData, name, "holds numbers that are not finite",
                remedy: "train the model again with a smaller learning rate")
        }
        return tensor
    }
}
