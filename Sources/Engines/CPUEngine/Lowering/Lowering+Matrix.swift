import CDNNL
import Diagnostics
import Graphs

extension Lowering {
    /// `x [N,I] · weightᵀ [I,O] + bias`
    mutating func lowerLinear(_ node: Node) throws(ErdeError) {
        let x = try plain(node.inputs[0])
        let weight = try plain(node.inputs[1])
        let extents = dimensions(of: node.inputs[1])
        let transposed = Placement(
            buffer: weight.buffer, layout: try .transposed(rows: extents[1], columns: extents[0]))
        var bias: Placement?
        if node.inputs.count > 2 {
            bias = Placement(buffer: try plain(node.inputs[2]).buffer, layout: try .plain([1, extents[0]]))
        }
        try appendProduct("linear", x, transposed, bias, result: node.outputs[0])
    }

    mutating func lowerMatMul(
        _ node: Node, _ transposeLeft: Bool, _ transposeRight: Bool
    ) throws(ErdeError) {
        let left = try matrix(node.inputs[0], transposed: transposeLeft)
        let right = try matrix(node.inputs[1], transposed: transposeRight)
        try appendProduct("matMul", left, right, nil, result: node.outputs[0])
    }

    private mutating func matrix(_ value: Value, transposed: Bool) throws(ErdeError) -> Placement {
        let source = try plain(value)
        guard transposed else { return source }
        let extents = dimensions(of: value)
        return Placement(buffer: source.buffer, layout: try .transposed(rows: extents[1], columns: extents[0]))
    }

    private mutating func appendProduct(
        _ kind: String, _ left: Placement, _ right: Placement, _ bias: Placement?, result: Value
    ) throws(ErdeError) {
        let target = try define(result)
        let operation = try Operation("matmul", for: "a matrix product") { [machine] result in
            erde_dnnl_matmul_create(
                machine.handle, left.layout.handle, right.layout.handle, bias?.layout.handle, target.layout.handle, result)
        }
        var reads: ArgumentList = [(ERDE_DNNL_SRC, left), (ERDE_DNNL_WEIGHTS, right)]
        if let bias { reads.append((ERDE_DNNL_BIAS, bias)) }
        append(kind, operation, reads: reads, writes: [(ERDE_DNNL_DST, target)])
    }
}
