import Diagnostics
import Execution
import Graphs
import ReferenceEngine
import Tensors
import Testing

@Suite("What an engine refuses")
struct EngineErrorTests {
    static let engines: [any Engine] = [ReferenceEngine()] + EngineUnderTest.all.prefix(1).map(\.engine)

    @Test("a variable that is missing or has another shape", arguments: 0..<2)
    func variables(engine index: Int) throws {
        let engine = Self.engines[index]
        var builder = GraphBuilder()
        let x = builder.input("x", TensorType([2, 3]))
        let weight = builder.variable("fc_weight", [4, 3], role: .weight)
        builder.output("y", try builder.apply(.linear, x, weight))
        for wrong in [Parameters(), Parameters(["fc_weight": Tensor(repeating: 0, [3, 4])])] {
            let error = #expect(throws: ErdeError.self) {
                try engine.compile(builder.graph, parameters: wrong, options: CompilationOptions())
            }
            #expect(error?.kind == .badData)
            #expect(error?.description.contains("fc_weight") == true, "\(String(describing: error))")
        }
    }

    @Test("a tensor of another type for a variable", arguments: 0..<2)
    func writes(engine index: Int) throws {
        var builder = GraphBuilder()
        let x = builder.input("x", TensorType([2, 3]))
        let weight = builder.variable("fc_weight", [4, 3], role: .weight)
        builder.output("y", try builder.apply(.linear, x, weight))
        let content = Tensor(repeating: 2, [4, 3])
        let executable = try Self.engines[index].compile(
            builder.graph, parameters: Parameters(["fc_weight": content]), options: CompilationOptions(threads: 1))
        let variable = executable.graph.variables[0]
        for wrong in [Tensor(repeating: 0, [3, 4]), Tensor([4, 3], [Int32](repeating: 0, count: 12))] {
            let error = #expect(throws: ErdeError.self) { try executable.write(variable: variable, wrong) }
            #expect(error?.kind == .badData && error?.subject == "fc_weight")
        }
        #expect(try executable.read(variable: variable) == content)
    }

    @Test("a tensor of more axes than oneDNN describes")
    func axes() throws {
        var builder = GraphBuilder()
        let x = builder.input("x", TensorType(Shape([Int](repeating: 1, count: 13))))
        builder.output("y", try builder.apply(.relu, x))
        let subject = EngineUnderTest.all[0]
        let error = #expect(throws: ErdeError.self) {
            try subject.engine.compile(builder.graph, parameters: Parameters(), options: subject.options)
        }
        #expect(error?.kind == .unavailable && error?.problem.contains("invalid arguments") == true)
    }

    @Test("elements of another count in double precision")
    func doubles() throws {
        var builder = GraphBuilder()
        let x = builder.input("x", TensorType([2, 3]))
        builder.output("y", try builder.apply(.relu, x))
        for inputs in [[:], ["x": [1, 2]]] as [[String: [Double]]] {
            let error = #expect(throws: ErdeError.self) { try ReferenceEngine.evaluate(builder.graph, inputs: inputs) }
            #expect(error?.subject == "x")
        }
    }
}
