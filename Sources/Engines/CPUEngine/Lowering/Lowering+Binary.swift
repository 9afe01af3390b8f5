import CDNNL
import Diagnostics
import Graphs
import Tensors

extension Lowering {
    mutating func lowerBinary(_ node: Node) throws(ErdeError) {
        if try lowerRepeated(node) { return }
        let equalShapes = graph.type(of: node.inputs[0]) == graph.type(of: node.inputs[1])
        switch node.op {
        case .add where equalShapes: try lowerAdd(node)
        case .add: try appendBroadcast(node) { $0 + $1 }
        case .subtract: try appendBinary(node, equalShapes) { $0 - $1 }
        case .multiply: try appendBinary(node, equalShapes) { $0 * $1 }
        case .maximum: try appendBinary(node, equalShapes) { larger($0, $1) }
        case .divide: try appendBroadcast(node) { $0 / $1 }
        case .less:
            try appendComparison(node, floats: { $0 < $1 }, integers: { $0 < $1 })
        case .equal:
            try appendComparison(node, floats: { $0 == $1 }, integers: { $0 == $1 })
        default: preconditionFailure("\(node.op.name) has not two operands")
        }
    }

    private mutating func lowerAdd(_ node: Node) throws(ErdeError) {
        let left = primary(node.inputs[0])
        let right = try placed(node.inputs[1], as: left.layout)
        let operation = try Operation("binary_add", for: "an addition") { [machine] result in
            erde_dnnl_add_create(machine.handle, left.layout.handle, result)
        }
        let target = try define(node.outputs[0], as: left.layout)
        append(
            "add", operation, reads: [(ERDE_DNNL_SRC, left), (ERDE_DNNL_SRC_1, right)],
            writes: [(ERDE_DNNL_DST, target)])
    }

    /// For functions that map a pair of zeros to zero.
    @inline(__always)
    private mutating func appendBinary(
        _ node: Node, _ equalShapes: Bool, _ body: @escaping (Float, Float) -> Float
    ) throws(ErdeError) {
        guard equalShapes else { return try appendBroadcast(node, body) }
        let left = try primaryFloats(node.inputs[0])
        let right = try placed(node.inputs[1], as: left.layout)
        try appendElementwise(node, [left, right], as: left.layout, body)
    }

    @inline(__always)
    private mutating func appendBroadcast(
        _ node: Node, _ body: @escaping (Float, Float) -> Float
    ) throws(ErdeError) {
        try appendWalk(node, of: Float.self) { result, a, b, count, steps in
            for index in 0..<count { result[index] = body(a[index * steps.left], b[index * steps.right]) }
        }
    }

    private mutating func appendComparison(
        _ node: Node, floats: @escaping (Float, Float) -> Bool, integers: @escaping (Int32, Int32) -> Bool
    ) throws(ErdeError) {
        switch graph.type(of: node.inputs[0]).dataType {
        case .float32:
            try appendWalk(node, of: Float.self) { result, a, b, count, steps in
                for index in 0..<count { result[index] = floats(a[index * steps.left], b[index * steps.right]) ? 1 : 0 }
            }
        case .int8, .uint8:
            throw ErdeError(.unavailable, node.op.name, "compares float32 and int32, found bytes")
        case .int32:
            try appendWalk(node, of: Int32.self) { result, a, b, count, steps in
                for index in 0..<count { result[index] = integers(a[index * steps.left], b[index * steps.right]) ? 1 : 0 }
            }
        }
    }

    /// A step that walks row by row over two broadcast operands: (result, left, right, count, strides).
    @inline(__always)
    private mutating func appendWalk<Scalar>(
        _ node: Node, of type: Scalar.Type,
        _ row:
            @escaping (
                UnsafeMutablePointer<Float>, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>, Int,
                (left: Int, right: Int)
            ) -> Void
    ) throws(ErdeError) {
        let left = try plain(node.inputs[0]).buffer
        let right = try plain(node.inputs[1]).buffer
        let target = try define(node.outputs[0]).buffer
        let walk = BroadcastWalk(
            result: graph.shape(of: node.outputs[0]), left: graph.shape(of: node.inputs[0]),
            right: graph.shape(of: node.inputs[1]))
        appendHost(node.op.name, reads: [left, right], writes: [target]) { memory in
            let result = memory.floats(target)
            let a = memory[left].assumingMemoryBound(to: Scalar.self)
            let b = memory[right].assumingMemoryBound(to: Scalar.self)
            walk.forEachRow { place, leftPlace, rightPlace in
                row(result + place, a + leftPlace, b + rightPlace, walk.inner, walk.innerStrides)
            }
        }
    }

    mutating func lowerBroadcastTo(_ node: Node) throws(ErdeError) {
        let source = try plain(node.inputs[0]).buffer
        let target = try define(node.outputs[0]).buffer
        let shape = graph.shape(of: node.outputs[0])
        let walk = BroadcastWalk(result: shape, left: graph.shape(of: node.inputs[0]), right: .scalar)
        appendHost(node.op.name, reads: [source], writes: [target]) { memory in
            let (a, result) = (memory.floats(source), memory.floats(target))
            walk.forEachRow { place, from, _ in
                for index in 0..<walk.inner { result[place + index] = a[from + index * walk.innerStrides.left] }
            }
        }
    }

    mutating func lowerSumTo(_ node: Node) throws(ErdeError) {
        try appendSum(node, keeping: graph.shape(of: node.inputs[1]), divisor: 1)
    }

    mutating func lowerReduction(_ node: Node, _ reduction: Reduction, isMean: Bool) throws(ErdeError) {
        let shape = graph.shape(of: node.inputs[0])
        let kept = Shape(shape.dimensions.enumerated().map { reduction.axes.contains($0.offset) ? 1 : $0.element })
        try appendSum(node, keeping: kept, divisor: isMean ? Double(shape.count) / Double(max(1, kept.count)) : 1)
    }

    /// Sums into `kept`, a shape that broadcasts to the operand's; in double precision.
    private mutating func appendSum(_ node: Node, keeping kept: Shape, divisor: Double) throws(ErdeError) {
        let source = try plain(node.inputs[0]).buffer
        let target = try define(node.outputs[0]).buffer
        let sums = program.buffer(byteCount: kept.count * MemoryLayout<Double>.size)
        let walk = BroadcastWalk(result: graph.shape(of: node.inputs[0]), left: kept, right: .scalar)
        appendHost(node.op.name, reads: [source], writes: [sums, target]) { memory in
            let (x, result) = (memory.floats(source), memory.floats(target))
            let totals = memory[sums].assumingMemoryBound(to: Double.self)
            totals.update(repeating: 0, count: kept.count)
            walk.forEachRow { place, to, _ in
                if walk.innerStrides.left == 0 {
                    var total = 0.0
                    for index in 0..<walk.inner { total += Double(x[place + index]) }
                    totals[to] += total
                } else {
                    for index in 0..<walk.inner { totals[to + index] += Double(x[place + index]) }
                }
            }
            for index in 0..<kept.count { result[index] = Float(totals[index] / divisor) }
        }
    }

    mutating func lowerSumOfSquares(_ node: Node) throws(ErdeError) {
        let source = try plain(node.inputs[0]).buffer
        let target = try define(node.outputs[0]).buffer
        let count = graph.shape(of: node.inputs[0]).count
        appendHost(node.op.name, reads: [source], writes: [target]) { memory in
            let x = memory.floats(source)
            var total = 0.0
            for index in 0..<count { total += Double(x[index]) * Double(x[index]) }
            memory.floats(target)[0] = Float(total)
        }
    }
}
