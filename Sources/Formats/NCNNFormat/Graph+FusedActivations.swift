import Graphs

extension Graph {
    /// Activations that the convolution or fully connected layer before them does itself, because nothing else reads its
    /// result: index of the activation by index of the layer.
    var fusedActivations: [Int: Int] {
        let readers = consumers()
        let results = Set(outputs.map(\.value))
        var fused: [Int: Int] = [:]
        for (index, node) in nodes.enumerated() {
            switch node.op {
            case .convolution, .linear: break
            default: continue
            }
            let result = node.outputs[0]
            guard !results.contains(result), readers[result.id].count == 1, NCNNActivation(nodes[readers[result.id][0]].op) != nil
            else { continue }
            fused[index] = readers[result.id][0]
        }
        return fused
    }
}
