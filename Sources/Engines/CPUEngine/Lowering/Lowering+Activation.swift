import CDNNL
import Diagnostics
import Glibc
import Graphs

extension Lowering {
    /// The library (oneDNN 2.6) makes 0 of NaN, and the lower bound in `lowerClip`; the reference engine passes NaN on.
    mutating func lowerRelu(_ node: Node) throws(ErdeError) {
        try appendActivation(node, ERDE_DNNL_RELU, 0, 0)
    }

    mutating func lowerClip(_ node: Node, _ lower: Double, _ upper: Double) throws(ErdeError) {
        try appendActivation(node, ERDE_DNNL_CLIP, Float(lower), Float(upper))
    }

    mutating func lowerSigmoid(_ node: Node) throws(ErdeError) {
        try appendActivation(node, ERDE_DNNL_SIGMOID, 0, 0)
    }

    mutating func lowerHardSigmoid(_ node: Node, _ slope: Double, _ offset: Double) throws(ErdeError) {
        let (factor, addend) = (Float(slope), Float(offset))
        // An offset must not leak into the padding of blocks.
        try appendElementwise(node, try plain(node.inputs[0])) { min(max($0 * factor + addend, 0), 1) }
    }

    mutating func lowerErrorFunction(_ node: Node) throws(ErdeError) {
        try appendElementwise(node, try primaryFloats(node.inputs[0])) { erff($0) }
    }

    private mutating func appendActivation(
        _ node: Node, _ kind: erde_dnnl_activation, _ lower: Float, _ upper: Float
    ) throws(ErdeError) {
        let x = primary(node.inputs[0])
        let operation = try Operation("eltwise_forward", for: "an activation") { [machine] result in
            erde_dnnl_activation_create(machine.handle, kind, lower, upper, x.layout.handle, result)
        }
        let target = try define(node.outputs[0], as: x.layout)
        append(node.op.name, operation, reads: [(ERDE_DNNL_SRC, x)], writes: [(ERDE_DNNL_DST, target)])
    }

    mutating func lowerReluGradient(_ node: Node) throws(ErdeError) {
        let y = primary(node.inputs[1])
        let dy = try placed(node.inputs[0], as: y.layout)
        let operation = try Operation("eltwise_backward", for: "an activation's gradient") { [machine] result in
            erde_dnnl_relu_gradient_create(machine.handle, y.layout.handle, result)
        }
        let target = try define(node.outputs[0], as: y.layout)
        append(
            node.op.name, operation, reads: [(ERDE_DNNL_DIFF_DST, dy), (ERDE_DNNL_DST, y)],
            writes: [(ERDE_DNNL_DIFF_SRC, target)])
    }

    mutating func lowerClipGradient(_ node: Node, _ lower: Double, _ upper: Double) throws(ErdeError) {
        let (low, high) = (Float(lower), Float(upper))
        let x = try primaryFloats(node.inputs[1])
        let dy = try placed(node.inputs[0], as: x.layout)
        // Padding of blocks holds zeros in dy, so it stays zero.
        try appendElementwise(node, [dy, x], as: x.layout) { dy, x in x > low && x < high ? dy : 0 }
    }

    mutating func lowerAffine(_ node: Node, _ scale: Double, _ offset: Double) throws(ErdeError) {
        let (factor, addend) = (Float(scale), Float(offset))
        // An offset must not leak into the padding of blocks.
        let x = try offset == 0 ? primaryFloats(node.inputs[0]) : plain(node.inputs[0])
        try appendElementwise(node, x) { $0 * factor + addend }
    }

    mutating func lowerFunction(_ node: Node) throws(ErdeError) {
        let x = try plain(node.inputs[0])
        switch node.op {
        case .exp: try appendElementwise(node, x) { exp($0) }
        case .log: try appendElementwise(node, x) { log($0) }
        case .squareRoot: try appendElementwise(node, x) { $0.squareRoot() }
        default: preconditionFailure("\(node.op.name) is no function of one operand")
        }
    }

    /// A loop over storage: valid in any layout, as long as zeros in the padding of blocks stay zeros.
    @inline(__always)
    mutating func appendElementwise(
        _ node: Node, _ x: Placement, _ body: @escaping (Float) -> Float
    ) throws(ErdeError) {
        let target = try define(node.outputs[0], as: x.layout)
        let count = x.layout.byteCount / MemoryLayout<Float>.size
        appendHost(node.op.name, reads: [x.buffer], writes: [target.buffer]) { memory in
            let (source, result) = (memory.floats(x.buffer), memory.floats(target.buffer))
            forEachRange(of: count, threads: memory.threads) { range in
                for index in range { result[index] = body(source[index]) }
            }
        }
    }

    /// The same with two operands in one layout.
    @inline(__always)
    mutating func appendElementwise(
        _ node: Node, _ operands: [Placement], as layout: Layout, _ body: @escaping (Float, Float) -> Float
    ) throws(ErdeError) {
        let target = try define(node.outputs[0], as: layout)
        let count = layout.byteCount / MemoryLayout<Float>.size
        let (left, right) = (operands[0].buffer, operands[1].buffer)
        appendHost(node.op.name, reads: [left, right], writes: [target.buffer]) { memory in
            let (a, b, result) = (memory.floats(left), memory.floats(right), memory.floats(target.buffer))
            forEachRange(of: count, threads: memory.threads) { range in
                for index in range { result[index] = body(a[index], b[index]) }
            }
        }
    }
}
