import Testing

@Suite("Every operator has its cases")
struct CoverageTests {
    @Test("a conformance case", arguments: OpKind.allCases)
    func conformance(kind: OpKind) {
        #expect(ConformanceCase.all.contains { $0.op.kind == kind }, "no conformance case for \(kind)")
    }

    @Test("a gradient check", arguments: OpKind.allCases.filter { $0.gradient == .checked })
    func gradient(kind: OpKind) {
        #expect(ConformanceCase.smooth.contains { $0.op.kind == kind }, "no smooth case for \(kind)")
    }

    @Test("a test that its gradient is zero", arguments: OpKind.allCases.filter { $0.gradient == .zero })
    func zeroGradient(kind: OpKind) {
        #expect(ConformanceCase.flat.contains { $0.op.kind == kind }, "no case for \(kind)")
    }

    @Test("a golden value", arguments: OpKind.allCases)
    func golden(kind: OpKind) throws {
        #expect(try OperatorGoldens.load().cases.contains { $0.op == kind }, "no golden value for \(kind)")
    }

    @Test("every geometry fits its operator")
    func geometries() {
        #expect(ConformanceCase.convolutions.count == 18 * 3)
        #expect(ConformanceCase.pools.count == 7 * 8 + 4)
    }
}
