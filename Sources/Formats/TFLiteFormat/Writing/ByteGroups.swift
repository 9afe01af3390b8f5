import Graphs
import Tensors

/// Operators between bytes and bytes that TensorFlow Lite computes without floats.
///
/// In erde's form for integers every value goes through `quantize` and each of its readers through a `dequantize` of its own;
/// what lies between is one operator with the activation behind it, or a convolution with an addition.
struct ByteGroups {
    /// What is computed between bytes.
    enum Kind {
        case convolution
        /// A convolution, and an addition of bytes behind it.
        ///
        /// - Parameter addend: the bytes.
        case addition(convolution: Node, addend: Value)
        case normalization(epsilon: Double)
        case maximum(PoolAttributes)
        case concatenation
    }

    struct Group {
        let kind: Kind
        /// The operator; of an addition, the addition.
        let node: Node
        let activation: FusedActivation
    }

    /// Groups by their result, which is bytes.
    private(set) var groups: [Value: Group] = [:]
    /// Results of operators that are written with a group.
    private(set) var absorbed: Set<Value> = []

    init(_ graph: Graph) {
        let readers = graph.consumers()
        let outputs = Set(graph.outputs.map(\.value))
        for node in graph.nodes {
            guard case .quantize(let quantization) = node.op, !quantization.isPerChannel else { continue }
            var chain: [Value] = []
            /// The node that computes a value, when nothing else reads that.
            func inner(_ value: Value) -> Node? {
                guard readers[value.id].count == 1, !outputs.contains(value), let producer = graph.producer(of: value) else {
                    return nil
                }
                chain.append(value)
                return producer
            }
            guard var last = inner(node.inputs[0]) else { continue }
            var activation = FusedActivation.none
            if let found = FusedActivation(last.op) {
                guard let producer = inner(last.inputs[0]) else { continue }
                (last, activation) = (producer, found)
            }
            guard let kind = graph.kind(last, activation, inner: inner) else { continue }
            groups[node.outputs[0]] = Group(kind: kind, node: last, activation: activation)
            absorbed.formUnion(chain)
        }
    }
}

extension Graph {
    /// The bytes that a value stands for, and how; nil when it is no float of bytes that the graph makes.
    func bytes(behind value: Value) -> (bytes: Value, quantization: Quantization)? {
        guard let reader = producer(of: value), case .dequantize = reader.op, let maker = producer(of: reader.inputs[0]),
            case .quantize(let quantization) = maker.op, !quantization.isPerChannel
        else { return nil }
        return (reader.inputs[0], quantization)
    }

    fileprivate func kind(
        _ node: Node, _ activation: FusedActivation, inner: (Value) -> Node?
    ) -> ByteGroups.Kind? {
        if case .convolution = node.op { return multipliesBytes(node) ? .convolution : nil }
        if case .add = node.op { return addition(node, inner: inner) }
        if case .batchNormalization(let attributes) = node.op {
            let isBetweenBytes =
                bytes(behind: node.inputs[0]) != nil && node.inputs.dropFirst().allSatisfy(isStored)
                && shape(of: node.inputs[0]).rank == 4
            return isBetweenBytes ? .normalization(epsilon: attributes.epsilon) : nil
        }
        guard activation == .none, node.inputs.allSatisfy({ bytes(behind: $0) != nil }) else { return nil }
        if case .maxPool(let attributes) = node.op { return .maximum(attributes) }
        if case .concatenate = node.op, shape(of: node.outputs[0]).rank == 4 { return .concatenation }
        return nil
    }

    /// Of two convolutions, the one computed last takes the addition along.
    private func addition(_ node: Node, inner: (Value) -> Node?) -> ByteGroups.Kind? {
        for operand in node.inputs.sorted(by: { $0.id > $1.id }) {
            guard let other = node.inputs.first(where: { $0 != operand }), let addend = bytes(behind: other)?.bytes,
                shape(of: other) == shape(of: operand), let convolution = producer(of: operand), multipliesBytes(convolution),
                inner(operand) != nil
            else { continue }
            return .addition(convolution: convolution, addend: addend)
        }
        return nil
    }

    /// Whether a node is a convolution of bytes by bytes, with a bias in steps of the products.
    private func multipliesBytes(_ node: Node) -> Bool {
        guard case .convolution = node.op, let (_, image) = bytes(behind: node.inputs[0]),
            let weight = storedIntegers(node.inputs[1])?.quantization, weight.dataType == .int8
        else { return false }
        guard node.inputs.count > 2 else { return true }
        guard let bias = storedIntegers(node.inputs[2])?.quantization, bias.dataType == .int32,
            bias.scales.count == weight.scales.count
        else { return false }
        return zip(bias.scales, weight.scales).allSatisfy { abs($0 - $1 * image.scales[0]) <= 1e-5 * $0 }
    }
}
