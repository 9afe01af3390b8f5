import Execution
import Graphs
import ReferenceEngine
import Tensors
import TestSupport
import Testing

@Suite("A training graph, step by step")
struct TrainingGraphTests {
    static let tolerance = Tolerance(
        absolute: 5e-5, relative: 5e-4,
        reason: "float32 through five layers and back, batch norm of few elements, carried over four steps")

    /// Batch 1 would leave nothing to normalise; 17 channels are one more than a vector.
    @Test("agrees with the reference engine", arguments: EngineUnderTest.all, [(2, 4), (7, 17), (5, 16)])
    func agrees(subject: EngineUnderTest, size: (batch: Int, channels: Int)) throws {
        let training = try TrainingGraph(batch: size.batch, channels: size.channels)
        let reference = try ReferenceEngine().compile(training.graph, parameters: training.parameters)
        let executable = try subject.engine.compile(
            training.graph, parameters: training.parameters, options: subject.options)
        for step in 0..<4 {
            let inputs = training.inputs(step: step)
            let expected = try reference.run(inputs)
            let actual = try executable.run(inputs)
            for output in training.graph.outputs {
                let name = output.name
                expectClose(
                    try #require(actual[name]), try #require(expected[name]), Self.tolerance, "\(name), step \(step)")
            }
        }
        for variable in training.graph.variables {
            expectClose(
                try executable.read(variable: variable), try reference.read(variable: variable), Self.tolerance,
                training.graph.name(of: variable.value))
        }
    }

    @Test("is the same to the last bit when run again", arguments: EngineUnderTest.all)
    func repeats(subject: EngineUnderTest) throws {
        let training = try TrainingGraph(batch: 7, channels: 17)
        func trained() throws -> Parameters {
            let executable = try subject.engine.compile(
                training.graph, parameters: training.parameters, options: subject.options)
            for step in 0..<3 { _ = try executable.run(training.inputs(step: step)) }
            return try executable.parameters(roles: [.weight, .bias, .statistic, .optimizer])
        }
        let (first, second) = (try trained(), try trained())
        #expect(first == second)
        #expect(first.tensors.count == training.graph.variables.count)
    }

    @Test("goes on from variables that were read and written back", arguments: EngineUnderTest.all)
    func resumes(subject: EngineUnderTest) throws {
        let training = try TrainingGraph(batch: 5, channels: 4)
        func compile(_ parameters: Parameters) throws -> any Executable {
            try subject.engine.compile(training.graph, parameters: parameters, options: subject.options)
        }
        let roles: Set<Variable.Role> = [.weight, .bias, .statistic, .optimizer]
        let whole = try compile(training.parameters)
        for step in 0..<4 { _ = try whole.run(training.inputs(step: step)) }
        let before = try compile(training.parameters)
        for step in 0..<2 { _ = try before.run(training.inputs(step: step)) }
        let after = try compile(training.parameters)
        for variable in training.graph.variables {
            try after.write(variable: variable, try before.read(variable: variable))
        }
        for step in 2..<4 { _ = try after.run(training.inputs(step: step)) }
        #expect(try after.parameters(roles: roles) == whole.parameters(roles: roles))
    }

    @Test("learns: the loss on one batch falls")
    func learns() throws {
        let training = try TrainingGraph(batch: 5, channels: 4)
        let executable = try ReferenceEngine().compile(training.graph, parameters: training.parameters)
        var losses: [Float] = []
        for _ in 0..<12 {
            losses.append(try #require(try executable.run(training.inputs(step: 0))["loss"]).floats[0])
        }
        #expect(losses.last! < 0.5 * losses.first!, "\(losses)")
    }
}
