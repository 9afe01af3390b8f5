import Graphs

extension ONNXGraph {
    /// The same graph with a `Min` of the largest float that bytes hold in front of every quantization to uint8.
    ///
    /// It changes nothing where the runtime computes what the file says. OpenVINO (2026.4) does not in graphs with `If`: inside
    /// the branches larger values come around from below, and in front of them, where the batch is dynamic, a convolution's
    /// bias that it moves into the quantization is the first channel's for all. A `Clip` would be taken for a part of the
    /// quantization and left out again.
    func limitedBeforeBytes() -> ONNXGraph {
        var names = allNames
        let stored = Dictionary(initializers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var result = self
        result.nodes = []
        for var node in nodes {
            if node.type == "QuantizeLinear", node.inputs.count == 3, case .uint8? = stored[node.inputs[2]]?.elements,
                case .floats(let scales)? = stored[node.inputs[1]]?.elements, scales.count == 1
            {
                let limit = unused("\(node.name)_limit", &names)
                let limited = unused("\(node.name)_limited", &names)
                result.initializers.append(ONNXTensor(name: limit, dimensions: [], elements: .floats([255 * scales[0]])))
                result.nodes.append(
                    ONNXNode(type: "Min", name: limited, inputs: [node.inputs[0], limit], outputs: [limited]))
                node.inputs[0] = limited
            }
            result.nodes.append(node)
        }
        return result
    }
}
