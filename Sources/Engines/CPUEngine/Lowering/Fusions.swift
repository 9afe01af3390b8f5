import Graphs

/// Which nodes one primitive takes together.
struct Fusions {
    /// A convolution with what follows it.
    struct Convolution {
        let node: Node
        var addend: Value?
        /// A ReLU or clip.
        var activation: Op?
        /// The nodes of the addition and the activation, in order.
        var followers: [(index: Int, node: Node)] = []

        /// What the last of them computes.
        var result: Value { (followers.last?.node ?? node).outputs[0] }
    }

    /// Groups that run on bytes.
    let quantized: QuantizedFusions
    /// By index of the last node of the group, which stands for all of it.
    private(set) var convolutions: [Int: Convolution] = [:]
    /// Normalisation node → the ReLU's result that it writes instead of its own.
    private(set) var normalizations: [Int: Value] = [:]
    /// Normalisation gradient node → (gradient behind the ReLU, node of the normalisation whose ReLU it also inverts).
    private(set) var normalizationGradients: [Int: (gradient: Value, forward: Int)] = [:]
    /// Normalisation gradient node → the addition behind it, whose other operand is there before it.
    private(set) var normalizationAdditions: [Int: (index: Int, other: Value)] = [:]
    /// Nodes that another stands for.
    private(set) var absorbed: Set<Int> = []

    init(_ graph: Graph) {
        quantized = QuantizedFusions(graph)
        absorbed = quantized.absorbed
        let readers = graph.consumers()
        let exposed = Set(graph.outputs.map(\.value) + graph.updates.map(\.value))

        func onlyReader(of value: Value) -> Int? {
            guard readers[value.id].count == 1, !exposed.contains(value) else { return nil }
            return readers[value.id][0]
        }

        for (index, node) in graph.nodes.enumerated() where !absorbed.contains(index) && quantized.groups[index] == nil {
            switch node.op {
            case .batchNormalization, .batchNormalizationTraining:
                guard let next = onlyReader(of: node.outputs[0]), case .relu = graph.nodes[next].op,
                    !absorbed.contains(next), quantized.groups[next] == nil
                else { continue }
                normalizations[index] = graph.nodes[next].outputs[0]
                absorbed.insert(next)
            case .convolution:
                fuseConvolution(index, node, graph, onlyReader)
            default:
                continue
            }
        }
        for (index, node) in graph.nodes.enumerated() {
            guard case .reluGradient = node.op, case .node(let relu, _) = graph.origin(of: node.inputs[1]),
                absorbed.contains(relu), case .node(let forward, _) = graph.origin(of: graph.nodes[relu].inputs[0]),
                case .batchNormalizationTraining = graph.nodes[forward].op,
                let next = onlyReader(of: node.outputs[0]), case .batchNormalizationGradient = graph.nodes[next].op,
                graph.nodes[next].inputs[0] == node.outputs[0],
                graph.nodes[next].inputs[1] == graph.nodes[forward].inputs[0],
                graph.nodes[next].inputs[3] == graph.nodes[forward].outputs[1]
            else { continue }
            normalizationGradients[next] = (node.inputs[0], forward)
            absorbed.insert(index)
        }
        for (index, node) in graph.nodes.enumerated() {
            guard case .batchNormalizationGradient = node.op, let next = onlyReader(of: node.outputs[0]),
                case .add = graph.nodes[next].op, !absorbed.contains(next), convolutions[next] == nil
            else { continue }
            guard let other = graph.addend(of: node.outputs[0], in: graph.nodes[next]), graph.isDefined(other, before: index)
            else { continue }
            normalizationAdditions[index] = (next, other)
            absorbed.insert(next)
        }
    }

    private mutating func fuseConvolution(
        _ index: Int, _ node: Node, _ graph: Graph, _ onlyReader: (Value) -> Int?
    ) {
        var group = Convolution(node: node)
        var members = [index]
        if let next = onlyReader(node.outputs[0]), case .add = graph.nodes[next].op, !absorbed.contains(next),
            convolutions[next] == nil, quantized.groups[next] == nil,
            let other = graph.addend(of: node.outputs[0], in: graph.nodes[next])
        {
            group.addend = other
            members.append(next)
        }
        if let next = onlyReader(graph.nodes[members.last!].outputs[0]), !absorbed.contains(next),
            quantized.groups[next] == nil
        {
            switch graph.nodes[next].op {
            case .relu, .clip:
                group.activation = graph.nodes[next].op
                members.append(next)
            default:
                break
            }
        }
        guard members.count > 1 else { return }
        group.followers = members.dropFirst().map { ($0, graph.nodes[$0]) }
        convolutions[members.last!] = group
        absorbed.formUnion(members.dropLast())
    }
}

extension Graph {
    /// What an addition adds to a value: of the same type, and not the value itself.
    fileprivate func addend(of value: Value, in addition: Node) -> Value? {
        let other = addition.inputs[0] == value ? addition.inputs[1] : addition.inputs[0]
        return other != value && type(of: other) == type(of: value) ? other : nil
    }

    /// Whether a value is there when the node of this index runs.
    fileprivate func isDefined(_ value: Value, before index: Int) -> Bool {
        if case .node(let producer, _) = origin(of: value) { producer < index } else { true }
    }
}
