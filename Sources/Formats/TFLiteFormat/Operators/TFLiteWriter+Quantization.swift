import Graphs
import Tensors

extension TFLiteWriter {
    /// How the bytes of a value stand for floats; nil for floats.
    func quantization(of value: Value) -> TFLiteTensor.Quantization? {
        guard let node = graph.producer(of: value), case .quantize(let quantization) = node.op else { return nil }
        return TFLiteTensor.Quantization(quantization)
    }

    /// Bytes of what is computed in floats, or what is computed in bytes.
    mutating func quantize(_ node: Node) {
        if let group = byteGroups.groups[node.outputs[0]] {
            write(group, as: node.outputs[0])
            return
        }
        let order = order(of: node.inputs[0])
        append(.quantize, [operand(node.inputs[0], order)], define(node.outputs[0], order))
    }
}
