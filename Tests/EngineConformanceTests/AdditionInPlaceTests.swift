import Execution
import Graphs
import ReferenceEngine
import Tensors
import TestSupport
import Testing

/// An engine may add a convolution to its addend in the addend's own memory, but only where nobody needs the addend again.
@Suite("A convolution added to something")
struct AdditionInPlaceTests {
    /// Where the addend comes from, and who else reads it.
    enum Addend: CaseIterable {
        case readHereOnly
        case alsoAnOutput
        case readAgainLater
        case theImageItself
        case aConstant
        case theResultOfAnotherAddition
    }

    @Test("agrees with the reference engine", arguments: EngineUnderTest.all, Addend.allCases)
    func agrees(subject: EngineUnderTest, kind: Addend) throws {
        var random = RandomTensors(seed: 71)
        let shape: Shape = [3, 32, 6, 5]
        var builder = GraphBuilder()
        let x = builder.input("x", TensorType(shape))
        let weight = builder.variable("weight", [32, 32, 3, 3], role: .weight)
        let same = Op.convolution(.init(padding: Padding(1)))
        let before = try builder.apply(same, x, weight)
        let addend: Value
        switch kind {
        case .readHereOnly, .alsoAnOutput, .readAgainLater:
            addend = try builder.apply(.relu, before)
        case .theImageItself:
            addend = x
        case .aConstant:
            addend = builder.constant("constant", random.uniform(shape))
        case .theResultOfAnotherAddition:
            addend = try builder.apply(.add, x, try builder.apply(same, before, weight))
        }
        let branch = try builder.apply(same, try builder.apply(.affine(scale: 0.5, offset: 1), addend), weight)
        let sum = try builder.apply(.relu, try builder.apply(.add, branch, addend))
        builder.output("sum", sum)
        if kind == .alsoAnOutput { builder.output("addend", addend) }
        if kind == .readAgainLater { builder.output("later", try builder.apply(.subtract, addend, sum)) }

        let parameters = Parameters(["weight": random.uniform([32, 32, 3, 3], in: -0.1...0.1)])
        let inputs = ["x": random.uniform(shape)]
        let expected = try ReferenceEngine().compile(builder.graph, parameters: parameters).run(inputs)
        let executable = try subject.engine.compile(builder.graph, parameters: parameters, options: subject.options)
        let actual = try executable.run(inputs)
        let tolerance = Tolerance(absolute: 5e-5, relative: 1e-5, reason: "three convolutions of 288 products in float32")
        for output in builder.graph.outputs {
            expectClose(try #require(actual[output.name]), try #require(expected[output.name]), tolerance, output.name)
        }
        #expect(try executable.run(inputs) == actual, "a second run differs")
    }
}
