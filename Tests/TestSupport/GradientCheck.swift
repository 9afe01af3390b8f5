package import Graphs
import ReferenceEngine
package import Tensors
package import Testing

/// Compares gradients from `gradients(of:withRespectTo:in:)` with central finite differences, both in double precision on
/// the reference engine.
///
/// The loss must be smooth within `step` of the operands given.
package struct GradientCheck: Sendable {
    /// How far an element is moved up and down.
    package var step = 1e-5
    /// At most so many elements of each operand are moved, spread evenly over it.
    package var elementsPerOperand = 32
    package var tolerance = Tolerance(
        absolute: 1e-7, relative: 1e-6, reason: "truncation of order step² and cancellation of order 1e-16/step")

    package init() {}

    /// Records a failure of the current test for each operand whose gradient is wrong.
    ///
    /// - Parameters:
    ///   - operands: contents of the inputs that `loss` receives, by name; integers take no gradient.
    ///   - positions: which operands to take gradients of; nil takes all floats.
    ///   - loss: adds a scalar loss to a graph, given its inputs in the order of `operands`.
    package func expectGradients(
        of operands: [(name: String, tensor: Tensor)], positions: [Int]? = nil,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ loss: (inout GraphBuilder, [Value]) throws -> Value
    ) throws {
        var builder = GraphBuilder()
        let values = operands.map { builder.input($0.name, $0.tensor.type, isBatched: false) }
        let scalar = try loss(&builder, values)
        var forward = builder
        forward.output("loss", scalar)

        let checked = positions ?? operands.indices.filter { operands[$0].tensor.dataType == .float32 }
        let slopes = try gradients(of: scalar, withRespectTo: checked.map { values[$0] }, in: &builder)
        for (position, slope) in zip(checked, slopes) { builder.output("d\(position)", slope) }
        let contents = [String: [Double]](uniqueKeysWithValues: operands.map { ($0.name, $0.tensor.doubles) })
        let results = try ReferenceEngine.evaluate(builder.graph, inputs: contents).outputs

        for position in checked {
            let (name, tensor) = operands[position]
            let picked = pick(from: tensor.shape.count)
            let differences = try picked.map { index in
                try difference(at: index, of: name, in: forward.graph, contents)
            }
            let gradient = results["d\(position)"]!
            let mismatch = tolerance.mismatch(actual: picked.map { gradient[$0] }, expected: differences)
            if let mismatch {
                Issue.record("gradient of \(name): \(mismatch.description)", sourceLocation: sourceLocation)
            }
        }
    }

    /// Indices spread evenly over `count` elements.
    private func pick(from count: Int) -> [Int] {
        let picked = min(count, elementsPerOperand)
        return (0..<picked).map { $0 * count / picked }
    }

    /// `(loss(x + step) − loss(x − step)) / (2·step)` in one element.
    private func difference(
        at index: Int, of name: String, in graph: Graph, _ contents: [String: [Double]]
    ) throws -> Double {
        var moved = contents
        func loss(_ offset: Double) throws -> Double {
            moved[name]![index] = contents[name]![index] + offset
            return try ReferenceEngine.evaluate(graph, inputs: moved).outputs["loss"]![0]
        }
        return try (loss(step) - loss(-step)) / (2 * step)
    }
}
