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

    /// Batch 1 would leave nothing to normalise; 17 channels are one more than a vector; 16 images are shared out between threads.
    @Test("agrees with the reference engine", arguments: EngineUnderTest.all, [(2, 4), (7, 17), (5, 16), (16, 6)])
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

    /// The statistics of [1, 3, 5, 7] are 4 and 5, those of its double 8 and 20; each takes a quarter of the difference.
    @Test("moves statistics that two normalisations share twice", arguments: EngineUnderTest.all)
    func sharedStatistics(subject: EngineUnderTest) throws {
        var builder = GraphBuilder()
        let x = builder.input("image", TensorType([4, 1]))
        let leaves = ["scale", "bias", "mean", "variance"].map {
            builder.variable($0, [1], role: $0 == "scale" || $0 == "bias" ? .bias : .statistic)
        }
        let op = Op.batchNormalization(BatchNormalizationAttributes(momentum: 0.25))
        let first = try builder.apply(op, [x] + leaves)[0]
        let doubled = try builder.apply(.affine(scale: 2, offset: 0), x)
        builder.output("y", try builder.apply(.add, first, builder.apply(op, [doubled] + leaves)[0]))

        var training = GraphBuilder()
        let image = training.input("image", TensorType([4, 1]))
        let seed = training.input("seed", TensorType([2], .int32), isBatched: false)
        let form = try training.inlineForTraining(builder.graph, image: image, dropoutSeed: seed)
        training.output("y", form.outputs[0])
        let graph = training.graph
        try GraphVerifier.verify(graph)
        #expect(graph.updates.map { graph.name(of: $0.variable) } == ["mean", "variance"])

        let parameters = Parameters([
            "scale": Tensor(repeating: 1, [1]), "bias": Tensor(repeating: 0, [1]), "mean": Tensor(repeating: 8, [1]),
            "variance": Tensor(repeating: 1, [1]),
        ])
        let inputs = ["image": Tensor([4, 1], [1, 3, 5, 7] as [Float]), "seed": Tensor([2], [0, 0] as [Int32])]
        for engine in [ReferenceEngine(), subject.engine] as [any Engine] {
            let executable = try engine.compile(graph, parameters: parameters, options: subject.options)
            _ = try executable.run(inputs)
            let moved = try executable.parameters(roles: [.statistic])
            // ¾·(¾·8 + ¼·4) + ¼·8 and ¾·(¾·1 + ¼·5) + ¼·20.
            expectClose(try #require(moved["mean"]), Tensor(repeating: 7.25, [1]), Self.tolerance, "\(engine.name), mean")
            expectClose(
                try #require(moved["variance"]), Tensor(repeating: 6.5, [1]), Self.tolerance, "\(engine.name), variance")
        }
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
