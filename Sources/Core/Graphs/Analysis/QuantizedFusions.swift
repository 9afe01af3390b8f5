import Tensors

/// Which nodes of a quantized graph one primitive or loop does on bytes, from the dequantizations of its operands to the
/// quantization of its result.
package struct QuantizedFusions {
    /// Bytes and what a step of one is worth.
    package struct Source {
        package let value: Value
        package let quantization: Quantization

        package init(value: Value, quantization: Quantization) {
            self.value = value
            self.quantization = quantization
        }

        /// Of a whole tensor.
        package var scale: Float { quantization.scales[0] }

        /// Of an output channel, when each has its own or one is for all.
        package func scale(of channel: Int) -> Float { quantization.scales[quantization.isPerChannel ? channel : 0] }
    }

    /// A convolution with what follows it.
    package struct Convolution {
        package let node: Node
        package let source: Source
        /// int8, a scale for each output channel.
        package let weight: Source
        /// int32
        package let bias: Source?
        /// Bytes that are added.
        package var addend: Source?
        package var activation: Op?
        /// What is computed: bytes when `quantization` says so, else float32.
        package var result: Value
        package var quantization: Quantization?
    }

    /// A batch normalisation between bytes, with the ReLU behind it if there is one.
    package struct Normalization {
        package let node: Node
        package let source: Source
        package let hasRelu: Bool
        package let result: Source
    }

    /// Bytes behind one another along the channels.
    package struct Concatenation {
        package let parts: [Source]
        package let result: Source
    }

    /// A maximum of bytes; quantization keeps order.
    package struct MaximumPool {
        package let node: Node
        package let attributes: PoolAttributes
        package let source: Value
        package let result: Value
    }

    package enum Group {
        case convolution(Convolution)
        case normalization(Normalization)
        case concatenation(Concatenation)
        case maximumPool(MaximumPool)
    }

    /// By index of the last node of the group, which stands for all of it.
    package private(set) var groups: [Int: Group] = [:]
    /// Nodes that another stands for.
    package private(set) var absorbed: Set<Int> = []
    private let graph: Graph
    private let readers: [[Int]]
    private let results: Set<Value>
    /// Whether an addition may be of bytes of another type than its result's.
    private let addsAcrossTypes: Bool

    /// - Parameter addsAcrossTypes: whether the engine or format adds bytes of another type than the result's.
    package init(_ graph: Graph, addsAcrossTypes: Bool = false) {
        self.addsAcrossTypes = addsAcrossTypes
        self.graph = graph
        readers = graph.consumers()
        results = Set(graph.outputs.map(\.value) + graph.updates.map(\.value))
        guard graph.nodes.contains(where: { if case .dequantize = $0.op { true } else { false } }) else { return }
        for (index, node) in graph.nodes.enumerated() where !absorbed.contains(index) {
            switch node.op {
            case .convolution: fuseConvolution(index, node)
            case .batchNormalization: fuseNormalization(index, node)
            case .concatenate: fuseConcatenation(index, node)
            case .maxPool(let attributes): fuseMaximum(index, node, attributes)
            default: continue
            }
        }
        absorbDequantizations()
    }

    private mutating func fuseConvolution(_ index: Int, _ node: Node) {
        guard let source = bytes(node.inputs[0]), let weight = stored(node.inputs[1], .int8) else { return }
        var bias: Source?
        if node.inputs.count > 2 {
            bias = stored(node.inputs[2], .int32)
            if bias == nil { return }
        }
        var group = Convolution(node: node, source: source, weight: weight, bias: bias, result: node.outputs[0])
        var members = [index]
        if let sum = onlyReader(of: group.result), case .add = graph.nodes[sum].op, !isTaken(sum) {
            // An addition is taken along only on the way to bytes, for most of the addend's type.
            let operands = graph.nodes[sum].inputs
            let other = operands[0] == group.result ? operands[1] : operands[0]
            var with = group
            var followers = [sum]
            with.result = graph.nodes[sum].outputs[0]
            with.addend = other == group.result ? nil : bytes(other)
            takeActivation(&with, &followers)
            takeQuantization(&with, &followers)
            if let addend = with.addend, let quantization = with.quantization,
                addsAcrossTypes || quantization.dataType == addend.quantization.dataType,
                graph.shape(of: addend.value) == graph.shape(of: with.result),
                graph.shape(of: group.result) == graph.shape(of: with.result)
            {
                (group, members) = (with, members + followers)
            }
        } else {
            takeActivation(&group, &members)
            takeQuantization(&group, &members)
        }
        add(.convolution(group), members)
    }

    private func takeActivation(_ group: inout Convolution, _ members: inout [Int]) {
        guard let next = onlyReader(of: group.result), !isTaken(next) else { return }
        switch graph.nodes[next].op {
        case .relu, .clip: group.activation = graph.nodes[next].op
        default: return
        }
        group.result = graph.nodes[next].outputs[0]
        members.append(next)
    }

    private func takeQuantization(_ group: inout Convolution, _ members: inout [Int]) {
        guard let (next, result) = quantized(group.result) else { return }
        (group.result, group.quantization) = (result.value, result.quantization)
        members.append(next)
    }

    private mutating func fuseNormalization(_ index: Int, _ node: Node) {
        guard let source = bytes(node.inputs[0]), graph.shape(of: source.value).rank == 4,
            node.inputs.dropFirst().allSatisfy({ graph.origin(of: $0) == .variable })
        else { return }
        var (last, members) = (node.outputs[0], [index])
        var hasRelu = false
        if let next = onlyReader(of: last), case .relu = graph.nodes[next].op {
            (last, hasRelu) = (graph.nodes[next].outputs[0], true)
            members.append(next)
        }
        guard let (next, result) = quantized(last) else { return }
        add(
            .normalization(Normalization(node: node, source: source, hasRelu: hasRelu, result: result)), members + [next])
    }

    private mutating func fuseConcatenation(_ index: Int, _ node: Node) {
        let parts = node.inputs.compactMap(bytes)
        guard parts.count == node.inputs.count, graph.shape(of: node.outputs[0]).rank == 4,
            let (next, result) = quantized(node.outputs[0])
        else { return }
        add(.concatenation(Concatenation(parts: parts, result: result)), [index, next])
    }

    private mutating func fuseMaximum(_ index: Int, _ node: Node, _ attributes: PoolAttributes) {
        guard let source = bytes(node.inputs[0]), let (next, result) = quantized(node.outputs[0]),
            source.quantization == result.quantization
        else { return }
        add(
            .maximumPool(MaximumPool(node: node, attributes: attributes, source: source.value, result: result.value)),
            [index, next])
    }

    private mutating func add(_ group: Group, _ members: [Int]) {
        groups[members[members.count - 1]] = group
        absorbed.formUnion(members.dropLast())
    }

    /// Dequantizations that nothing but groups reads need not run.
    private mutating func absorbDequantizations() {
        for (index, node) in graph.nodes.enumerated() {
            guard case .dequantize = node.op, !results.contains(node.outputs[0]) else { continue }
            if readers[node.outputs[0].id].allSatisfy(isTaken) { absorbed.insert(index) }
        }
    }

    private func isTaken(_ index: Int) -> Bool { absorbed.contains(index) || groups[index] != nil }

    private func onlyReader(of value: Value) -> Int? {
        guard readers[value.id].count == 1, !results.contains(value) else { return nil }
        return readers[value.id][0]
    }

    /// The bytes that a float stands for, when it has one scale.
    private func bytes(_ value: Value) -> Source? {
        guard let node = graph.producer(of: value), case .dequantize(let quantization) = node.op,
            !quantization.isPerChannel, quantization.dataType != .int32
        else { return nil }
        return Source(value: node.inputs[0], quantization: quantization)
    }

    /// The stored integers that a float stands for.
    private func stored(_ value: Value, _ type: DataType) -> Source? {
        graph.storedIntegers(value).flatMap { $0.quantization.dataType == type ? $0 : nil }
    }

    /// The quantization that alone reads a value, and its result.
    private func quantized(_ value: Value) -> (index: Int, result: Source)? {
        guard let next = onlyReader(of: value), case .quantize(let quantization) = graph.nodes[next].op,
            !quantization.isPerChannel, quantization.dataType != .int32
        else { return nil }
        return (next, Source(value: graph.nodes[next].outputs[0], quantization: quantization))
    }
}
