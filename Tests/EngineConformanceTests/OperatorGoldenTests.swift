import Graphs
import ReferenceEngine
import Tensors
import TestSupport
import Testing

@Suite("Reference engine against PyTorch")
struct OperatorGoldenTests {
    static let tolerance = Tolerance(
        absolute: 1e-12, relative: 1e-12, reason: "double precision, another order of additions")

    @Test("agrees")
    func agrees() throws {
        for golden in try OperatorGoldens.load().cases {
            var builder = GraphBuilder()
            var inputs: [String: [Double]] = [:]
            let values = golden.operands.enumerated().map { position, operand in
                inputs["x\(position)"] = operand.values
                let type = TensorType(Shape(operand.shape), operand.isInteger ? .int32 : .float32)
                return builder.input("x\(position)", type, isBatched: false)
            }
            let results = try builder.apply(try golden.operation(), values)
            try #require(results.count == golden.results.count, "\(golden.name)")
            for (position, result) in results.enumerated() { builder.output("y\(position)", result) }
            let outputs = try ReferenceEngine.evaluate(builder.graph, inputs: inputs).outputs
            for (position, expected) in golden.results.enumerated() {
                #expect(builder.shape(of: results[position]) == Shape(expected.shape), "\(golden.name)")
                let actual = try #require(outputs["y\(position)"])
                expectClose(actual, expected.values, Self.tolerance, "\(golden.name), result \(position)")
            }
        }
    }
}
