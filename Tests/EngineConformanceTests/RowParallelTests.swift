import CPUEngine
import Execution
import Graphs
import ReferenceEngine
import Tensors
import TestSupport
import Testing

@Suite("Batches shared out among threads")
struct RowParallelTests {
    private func executable(_ network: ExitNetwork, batch: Int, threads: Int) throws -> any Executable {
        let fast = try network.graph.optimizedForInference(network.parameters)
        return try CPUEngine().compileForInference(
            fast.graph, batch: batch, parameters: fast.parameters, options: CompilationOptions(threads: threads))
    }

    /// Also with several parts for each thread: of 32 rows, of 17, of 37 because there is no smaller share.
    @Test("have the answers of the whole batch", arguments: [(32, 2), (48, 3), (96, 4), (128, 2), (68, 2), (74, 2)])
    func agree(batch: Int, threads: Int) throws {
        let network = try ExitNetwork(batch: batch)
        let shared = try executable(network, batch: batch, threads: threads)
        #expect(shared is RowParallelExecutable)
        let image = try #require(network.inputs["image"])
        let x = Tensor([batch, 2, 7, 7], image.map(Float.init))
        let tolerance = Tolerance(absolute: 1e-4, relative: 1e-4, reason: "sums in float32 beside sums in double precision")
        let expected = try network.run(network.graph, network.parameters)
        // A second run finds the results of the first in its memory.
        for _ in 0..<2 {
            let answers = try shared.run(["image": x])
            #expect(Set(answers.keys) == Set(network.graph.outputs.map(\.name)))
            for (name, answer) in answers {
                expectClose(answer.doubles, try #require(expected[name]), tolerance, "\(name) of \(batch) rows")
            }
        }
    }

    @Test("take no longer by their profile than by the clock", arguments: [32, 128])
    func profile(batch: Int) throws {
        let network = try ExitNetwork(batch: batch)
        let fast = try network.graph.optimizedForInference(network.parameters)
        let shared = try CPUEngine().compileForInference(
            fast.graph, batch: batch, parameters: fast.parameters, options: CompilationOptions(threads: 2, isProfiled: true))
        #expect(shared is RowParallelExecutable)
        let x = Tensor([batch, 2, 7, 7], try #require(network.inputs["image"]).map(Float.init))
        let start = ContinuousClock.now
        for _ in 0..<3 { _ = try shared.run(["image": x]) }
        let elapsed = ContinuousClock.now - start
        let total = shared.profile.values.reduce(Duration.zero, +)
        #expect(total > .zero && total <= elapsed, "\(total) of \(elapsed)")
    }

    @Test("take a new variable in every part")
    func variables() throws {
        let network = try ExitNetwork(batch: 32)
        let shared = try executable(network, batch: 32, threads: 2)
        let x = Tensor([32, 2, 7, 7], try #require(network.inputs["image"]).map(Float.init))
        let before = try shared.run(["image": x])
        for variable in shared.graph.variables {
            let tensor = try shared.read(variable: variable)
            try shared.write(variable: variable, Tensor(tensor.shape, [Float](repeating: 0, count: tensor.shape.count)))
        }
        for (name, answer) in try shared.run(["image": x]) {
            #expect(answer.floats.allSatisfy { $0 == 0 }, "\(name) of a network of zeros")
            #expect(before[name]?.floats.contains { $0 != 0 } == true)
        }
    }

    @Test("run in other threads than they were prepared in, minimal filtering and its scratchpad too")
    func otherThreads() throws {
        var (random, builder, parameters) = (RandomTensors(seed: 41), GraphBuilder(), Parameters())
        let x = random.uniform([32, 32, 9, 9])
        parameters["weight"] = random.uniform([32, 32, 3, 3])
        let weight = builder.variable("weight", [32, 32, 3, 3], role: .weight)
        let image = builder.input("x", x.type)
        builder.output("y", try builder.apply(.convolution(ConvolutionAttributes(padding: Padding(1))), image, weight))
        let expected = try ReferenceEngine().compile(builder.graph, parameters: parameters).run(["x": x])
        let shared = try CPUEngine().compileForInference(
            builder.graph, batch: 32, parameters: parameters, options: CompilationOptions(threads: 2))
        let tolerance = Tolerance(absolute: 1e-3, relative: 1e-4, reason: "minimal filtering rounds more, of sums near 10")
        for _ in 0..<4 {
            expectClose(try #require(try shared.run(["x": x])["y"]), try #require(expected["y"]), tolerance)
        }
    }

    @Test(
        "stay whole where a thread would have too little or too much",
        arguments: [(1, 2), (30, 2), (33, 2), (128, 1), (32, 3)])
    func whole(batch: Int, threads: Int) throws {
        let network = try ExitNetwork(batch: 2)
        let executable = try executable(network, batch: batch, threads: threads)
        #expect(!(executable is RowParallelExecutable))
        #expect(executable.graph.inputs.allSatisfy { executable.graph.shape(of: $0.value)[0] == batch })
    }
}
