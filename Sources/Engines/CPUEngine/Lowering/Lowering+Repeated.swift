import CDNNL
import Diagnostics
import Graphs
import Tensors

extension Lowering {
    /// Adds the steps of an operator whose second operand is one number, or one number for each plane of an image: loops
    /// over long runs of memory. False when it is none of these.
    mutating func lowerRepeated(_ node: Node) throws(ErdeError) -> Bool {
        let (left, right, result) = (
            graph.shape(of: node.inputs[0]), graph.shape(of: node.inputs[1]), graph.shape(of: node.outputs[0])
        )
        guard left == result, left != right, graph.type(of: node.inputs[0]).dataType == .float32 else { return false }
        let run: Int
        if right.count == 1 {
            run = result.count
        } else if result.rank == 4, right.rank == 4, right[0] == result[0], right[1] == result[1], right[2] == 1, right[3] == 1 {
            run = result[2] * result[3]
        } else {
            return false
        }
        switch node.op {
        case .multiply: try appendRuns(node, of: run, Product.self)
        case .divide: try appendRuns(node, of: run, Quotient.self)
        case .add: try appendRuns(node, of: run, Sum.self)
        case .subtract: try appendRuns(node, of: run, Difference.self)
        case .maximum: try appendRuns(node, of: run, Larger.self)
        default: return false
        }
        return true
    }

    /// - Parameters:
    ///   - length: elements in a row that meet the same number.
    private mutating func appendRuns<Combination: RunCombination>(
        _ node: Node, of length: Int, _: Combination.Type
    ) throws(ErdeError) {
        let isOneNumber = graph.shape(of: node.inputs[1]).count == 1
        let x = try Combination.keepsZeros && isOneNumber ? primaryFloats(node.inputs[0]) : plain(node.inputs[0])
        let numbers = try plain(node.inputs[1]).buffer
        let target = try define(node.outputs[0], as: x.layout).buffer
        let count = x.layout.byteCount / MemoryLayout<Float>.size
        let run = isOneNumber ? max(1, count) : length
        appendHost(node.op.name, reads: [x.buffer, numbers], writes: [target]) { memory in
            let (source, factors, result) = (memory.floats(x.buffer), memory.floats(numbers), memory.floats(target))
            forEachRange(of: count, threads: memory.threads) { range in
                var place = range.lowerBound
                while place < range.upperBound {
                    let index = place / run
                    let end = min(range.upperBound, (index + 1) * run)
                    let number = factors[index]
                    for position in place..<end { result[position] = Combination.of(source[position], number) }
                    place = end
                }
            }
        }
    }
}

/// What becomes of an element and the number that it meets: a type of its own, which the loop over the elements is compiled for.
private protocol RunCombination {
    /// Whether zeros stay zeros, so that any layout may be walked over when there is one number in all.
    static var keepsZeros: Bool { get }
    static func of(_ element: Float, _ number: Float) -> Float
}

private enum Product: RunCombination {
    static let keepsZeros = true
    static func of(_ element: Float, _ number: Float) -> Float { element * number }
}

private enum Quotient: RunCombination {
    static let keepsZeros = true
    static func of(_ element: Float, _ number: Float) -> Float { element / number }
}

private enum Sum: RunCombination {
    static let keepsZeros = false
    static func of(_ element: Float, _ number: Float) -> Float { element + number }
}

private enum Difference: RunCombination {
    static let keepsZeros = false
    static func of(_ element: Float, _ number: Float) -> Float { element - number }
}

private enum Larger: RunCombination {
    static let keepsZeros = false
    static func of(_ element: Float, _ number: Float) -> Float { larger(element, number) }
}
