import CPUEngine
import Execution
import Graphs
import ReferenceEngine
import Tensors
import TestSupport
import Testing

/// The CPU engine in bfloat16, which keeps 8 bits of a number: whatever a convolution reads or writes may be off by 2⁻⁹ of
/// itself.
@Suite("bfloat16", .enabled(if: CPUEngine.bfloat16 != .none))
struct BFloat16Tests {
    static let options = CompilationOptions(precision: .bfloat16, threads: 2)

    @Test("agrees with the reference engine, operator by operator", arguments: ConformanceCase.all)
    func agrees(conformanceCase: ConformanceCase) throws {
        let graph = try OperatorGraph(conformanceCase.op, conformanceCase.operands)
        let expected = try graph.run(on: ReferenceEngine())
        let actual = try graph.run(on: CPUEngine(), options: Self.options)
        try #require(actual.count == expected.count)
        for (position, (actual, expected)) in zip(actual, expected).enumerated() {
            expectClose(actual, expected, Self.tolerance(for: expected), "result \(position)")
        }
    }

    @Test("an exit network's logits are float32's but for roundings")
    func exitNetwork() throws {
        let network = try ExitNetwork(batch: 5)
        let image = network.graph.shape(of: network.graph.inputs[0].value)
        let inputs = network.inputs.mapValues { Tensor(image, $0.map(Float.init)) }
        func logits(_ precision: Precision) throws -> [String: Tensor] {
            let options = CompilationOptions(precision: precision, threads: 2)
            return try CPUEngine().compile(network.graph, parameters: network.parameters, options: options).run(inputs)
        }
        let (exact, rounded) = try (logits(.float32), logits(.bfloat16))
        #expect(exact != rounded, "nothing was rounded")
        for (name, expected) in exact {
            expectClose(try #require(rounded[name]), expected, Self.tolerance(for: expected), name)
        }
    }

    /// 66 images are shared out between threads, also those of a normalisation.
    @Test("training follows the reference engine, and repeats to the last bit", arguments: [(7, 3), (66, 1)])
    func training(batch: Int, steps: Int) throws {
        let training = try TrainingGraph(batch: batch, channels: 17)
        let reference = try ReferenceEngine().compile(training.graph, parameters: training.parameters)
        let executables = try (0..<2).map { _ in
            try CPUEngine().compile(training.graph, parameters: training.parameters, options: Self.options)
        }
        for step in 0..<steps {
            let inputs = training.inputs(step: step)
            let expected = try reference.run(inputs)
            let actual = try executables.map { try $0.run(inputs) }
            #expect(actual[0] == actual[1])
            for output in training.graph.outputs {
                let value = try #require(expected[output.name])
                expectClose(
                    try #require(actual[0][output.name]), value, Self.tolerance(for: value, share: 1 / 24), output.name)
            }
            // Large steps carry roundings far: the next one starts from the same weights.
            for variable in training.graph.variables {
                let content = try reference.read(variable: variable)
                for executable in executables { try executable.write(variable: variable, content) }
            }
        }
    }

    /// Sums of rounded products are off by a part of their largest terms, not of themselves.
    ///
    /// - Parameter share: of the largest element; more for several layers, and for weights that drifted apart.
    private static func tolerance(for expected: Tensor, share: Double = 1 / 64) -> Tolerance {
        let largest = expected.doubles.map(abs).filter(\.isFinite).max() ?? 0
        return Tolerance(
            absolute: max(1e-6, largest * share), relative: 1.0 / 128,
            reason: "operands and results rounded to 8 bits, several times in a row")
    }
}
