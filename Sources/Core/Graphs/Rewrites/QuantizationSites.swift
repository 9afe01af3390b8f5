import Tensors

/// Where a graph in the form for inference can run on integers, and where it cannot.
///
/// Convolutions read bytes; the addition and the activation behind one belong to it, and batch normalisations, maxima and
/// concatenations between bytes stay on them. Fully connected layers keep floats and have their weights stored in int8.
package struct QuantizationSites: Sendable {
    /// Convolutions that run on integers, and fully connected layers with stored integers, by name in the graph's order.
    package private(set) var layers: [String] = []
    /// Layers that have no form in integers, and why.
    package private(set) var refusals: [(layer: String, reason: String)] = []
    /// Values that become bytes where they are made, in the graph's order.
    package private(set) var values: [Value] = []
    /// For each of these, the one whose scale it shares: a maximum and a concatenation change no scale.
    private(set) var scaleOwners: [Value: Value] = [:]

    private let graph: Graph
    private let readers: [[Int]]
    private let results: Set<Value>

    /// - Parameter floatLayers: layers that stay as they are, by name.
    package init(_ graph: Graph, keepingInFloat floatLayers: Set<String> = []) {
        self.graph = graph
        readers = graph.consumers()
        results = Set(graph.outputs.map(\.value))
        findLayers(floatLayers)
        findValues()
        shareScales()
    }

    /// Whether a layer computes with integers, or with weights stored in them.
    func isQuantized(_ node: Node) -> Bool { layerSet.contains(graph.name(of: node.outputs[0])) }

    private var layerSet: Set<String> = []

    private mutating func findLayers(_ floatLayers: Set<String>) {
        for node in graph.nodes {
            switch node.op {
            case .convolution, .linear: break
            default: continue
            }
            let name = graph.name(of: node.outputs[0])
            let operands = node.op == .linear ? [node.inputs[1]] : Array(node.inputs.dropFirst())
            if operands.contains(where: { graph.origin(of: $0) != .variable || graph.type(of: $0).dataType != .float32 }) {
                refusals.append((name, "its weights are computed"))
            } else if operands.contains(where: { readers[$0.id].count > 1 }) {
                refusals.append((name, "it shares its weights"))
            } else if !floatLayers.contains(name) {
                layers.append(name)
            }
        }
        layerSet = Set(layers)
    }

    // MARK: Values

    private mutating func findValues() {
        var wanted: Set<Value> = []
        // From the end, because what a value must be follows from what its readers make of it.
        for id in graph.values.indices.reversed() {
            let value = Value(id: id)
            switch graph.origin(of: value) {
            case .input, .node: break
            case .variable, .constant: continue
            }
            guard graph.type(of: value).dataType == .float32, graph.shape(of: value).rank == 4,
                !results.contains(value), !isInside(value)
            else { continue }
            if readers[id].contains(where: { reads(graph.nodes[$0], value, asBytesFor: wanted) }) { wanted.insert(value) }
        }
        values = wanted.sorted { $0.id < $1.id }
    }

    /// Whether a node reads a value as bytes, given which later values are.
    private func reads(_ node: Node, _ value: Value, asBytesFor wanted: Set<Value>) -> Bool {
        let result = node.outputs[0]
        switch node.op {
        case .convolution: return node.inputs[0] == value && isQuantized(node)
        case .add: return addingLayer(of: node).map { $0 != value && wanted.contains(end(result)) } ?? false
        case .batchNormalization:
            return node.inputs.dropFirst().allSatisfy { graph.origin(of: $0) == .variable } && wanted.contains(end(result))
        case .maxPool, .concatenate: return wanted.contains(result)
        default: return false
        }
    }

    /// The operand of an addition whose convolution takes the addition along: the one computed last, unless that one stays
    /// in float. It is never the other one, so that no value becomes bytes because a layer stays in float.
    private func addingLayer(of node: Node) -> Value? {
        let last = node.inputs.filter { operand in
            guard let producer = graph.producer(of: operand), case .convolution = producer.op,
                graph.shape(of: operand) == graph.shape(of: node.outputs[0])
            else { return false }
            return onlyReader(of: operand) != nil
        }.max { $0.id < $1.id }
        return last.flatMap { value in graph.producer(of: value).map(isQuantized) == true ? value : nil }
    }

    /// Whether a value is passed on within one operation, so that it never lies in memory.
    private func isInside(_ value: Value) -> Bool {
        guard let producer = graph.producer(of: value), let reader = onlyReader(of: value) else { return false }
        switch (producer.op, reader.op) {
        case (.convolution, .relu), (.convolution, .clip): return isQuantized(producer)
        case (.convolution, .add): return isQuantized(producer) && addingLayer(of: reader) == value
        case (.add, .relu), (.add, .clip): return addingLayer(of: producer) != nil
        case (.batchNormalization, .relu): return true
        default: return false
        }
    }

    /// The last value of the operation that a value is made in.
    private func end(_ value: Value) -> Value {
        var value = value
        while isInside(value), let reader = onlyReader(of: value) { value = reader.outputs[0] }
        return value
    }

    private func onlyReader(of value: Value) -> Node? {
        guard readers[value.id].count == 1, !results.contains(value) else { return nil }
        return graph.nodes[readers[value.id][0]]
    }

    // MARK: Scales

    private mutating func shareScales() {
        for value in values { scaleOwners[value] = value }
        for node in graph.nodes {
            switch node.op {
            case .maxPool, .concatenate: break
            default: continue
            }
            let group = (node.inputs + node.outputs).filter { scaleOwners[$0] != nil }
            guard group.contains(node.outputs[0]), let owner = scaleOwners[group[0]] else { continue }
            let owners = Set(group.compactMap { scaleOwners[$0] })
            for value in values where scaleOwners[value].map(owners.contains) ?? false { scaleOwners[value] = owner }
        }
    }
}
