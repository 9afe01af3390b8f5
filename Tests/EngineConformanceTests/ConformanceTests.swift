import ReferenceEngine
import TestSupport
import Testing

@Suite("Engines against the reference engine, operator by operator")
struct ConformanceTests {
    @Test("agrees", arguments: EngineUnderTest.all, ConformanceCase.all)
    func agrees(subject: EngineUnderTest, conformanceCase: ConformanceCase) throws {
        let graph = try OperatorGraph(conformanceCase.op, conformanceCase.operands)
        let expected = try graph.run(on: ReferenceEngine())
        let actual = try graph.run(on: subject.engine, options: subject.options)
        try #require(actual.count == expected.count)
        for (position, (actual, expected)) in zip(actual, expected).enumerated() {
            expectClose(actual, expected, conformanceCase.tolerance, "result \(position)")
        }
    }
}
