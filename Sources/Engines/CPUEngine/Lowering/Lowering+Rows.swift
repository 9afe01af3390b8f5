import Diagnostics
import Glibc
import Graphs

extension Lowering {
    mutating func lowerLogSoftmax(_ node: Node) throws(ErdeError) {
        let source = try plain(node.inputs[0]).buffer
        let target = try define(node.outputs[0]).buffer
        let (rows, classes) = extents(of: node.inputs[0])
        appendHost(node.op.name, reads: [source], writes: [target]) { memory in
            for row in 0..<rows {
                let (x, y) = (memory.floats(source) + row * classes, memory.floats(target) + row * classes)
                var maximum = -Float.infinity
                for index in 0..<classes { maximum = max(maximum, x[index]) }
                var total: Float = 0
                for index in 0..<classes { total += exp(x[index] - maximum) }
                let shift = maximum + log(total)
                for index in 0..<classes { y[index] = x[index] - shift }
            }
        }
    }

    mutating func lowerArgMax(_ node: Node) throws(ErdeError) {
        let source = try plain(node.inputs[0]).buffer
        let target = try define(node.outputs[0]).buffer
        let (rows, classes) = extents(of: node.inputs[0])
        appendHost(node.op.name, reads: [source], writes: [target]) { memory in
            for row in 0..<rows {
                let x = memory.floats(source) + row * classes
                var best = 0
                for index in 1..<max(1, classes) where x[index] > x[best] { best = index }
                memory.integers(target)[row] = Int32(best)
            }
        }
    }

    mutating func lowerOneHot(_ node: Node, _ classes: Int) throws(ErdeError) {
        let source = try plain(node.inputs[0]).buffer
        let target = try define(node.outputs[0]).buffer
        let rows = dimensions(of: node.inputs[0])[0]
        appendHost(node.op.name, reads: [source], writes: [target]) { memory in
            let y = memory.floats(target)
            y.update(repeating: 0, count: rows * classes)
            for row in 0..<rows {
                let label = Int(memory.integers(source)[row])
                precondition(0..<classes ~= label, "label \(label) of \(classes) classes")
                y[row * classes + label] = 1
            }
        }
    }

    private func extents(of value: Value) -> (rows: Int, classes: Int) {
        let extents = dimensions(of: value)
        return (extents[0], extents[1])
    }
}
