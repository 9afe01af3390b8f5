import CDNNL
import Diagnostics
import Graphs
import Tensors

extension Lowering {
    /// Reads the row-major operand with the result's axes, as a change of layout.
    mutating func lowerTranspose(_ node: Node, _ permutation: [Int]) throws(ErdeError) {
        let source = try plain(node.inputs[0])
        guard !permutation.isEmpty else {
            placements[node.outputs[0]] = [source]
            return
        }
        let strides = graph.shape(of: node.inputs[0]).strides
        let view = try Layout.strided(dimensions(of: node.outputs[0]), permutation.map { strides[$0] })
        let target = try define(node.outputs[0])
        try appendReorder(from: Placement(buffer: source.buffer, layout: view), to: target)
    }

    mutating func lowerPad(_ node: Node, _ padding: Padding) throws(ErdeError) {
        let source = try plain(node.inputs[0]).buffer
        let target = try define(node.outputs[0]).buffer
        let planes = PlaneCopy(inner: dimensions(of: node.inputs[0]), outer: dimensions(of: node.outputs[0]), padding)
        appendHost(node.op.name, reads: [source], writes: [target]) { memory in
            memory.floats(target).update(repeating: 0, count: planes.outerCount)
            planes.forEachRow(threads: memory.threads) { inner, outer, width in
                (memory.floats(target) + outer).update(from: memory.floats(source) + inner, count: width)
            }
        }
    }

    mutating func lowerCrop(_ node: Node, _ padding: Padding) throws(ErdeError) {
        let source = try plain(node.inputs[0]).buffer
        let target = try define(node.outputs[0]).buffer
        let planes = PlaneCopy(inner: dimensions(of: node.outputs[0]), outer: dimensions(of: node.inputs[0]), padding)
        appendHost(node.op.name, reads: [source], writes: [target]) { memory in
            planes.forEachRow(threads: memory.threads) { inner, outer, width in
                (memory.floats(target) + inner).update(from: memory.floats(source) + outer, count: width)
            }
        }
    }
}

/// Where the rows of planes lie inside larger planes.
private struct PlaneCopy: Sendable {
    private let planes: Int
    private let inner: (height: Int, width: Int)
    private let outer: (height: Int, width: Int)
    private let padding: Padding

    /// - Parameters:
    ///   - inner: `[N, C, H, W]`
    ///   - outer: the same with the padding.
    init(inner: [Int], outer: [Int], _ padding: Padding) {
        planes = inner[0] * inner[1]
        self.inner = (inner[2], inner[3])
        self.outer = (outer[2], outer[3])
        self.padding = padding
    }

    /// Elements of all larger planes.
    var outerCount: Int { planes * outer.height * outer.width }

    /// Calls `body` with the offsets of a row in the small and in the large planes, and its length.
    @inline(__always)
    func forEachRow(threads: Int, _ body: (Int, Int, Int) -> Void) {
        guard inner.width > 0 else { return }
        forEachRange(of: planes * inner.height * inner.width, threads: threads) { range in
            // A row belongs to the range that holds its first element.
            let first = (range.lowerBound + inner.width - 1) / inner.width
            let end = (range.upperBound + inner.width - 1) / inner.width
            for row in first..<max(first, end) {
                let (plane, line) = row.quotientAndRemainder(dividingBy: inner.height)
                let place = (plane * outer.height + line + padding.top) * outer.width + padding.left
                body(row * inner.width, place, inner.width)
            }
        }
    }
}
