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
            var tolerance = Self.tolerance(for: expected)
            // Steps of a quantization are no smaller than without these roundings.
            tolerance.absolute = max(tolerance.absolute, conformanceCase.tolerance.absolute)
            expectClose(actual, expected, tolerance, "result \(position)")
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

    /// The gradient of images that are no numbers leaves its operands in the memory that convolutions share for their work.
    @Test(
        "a weight gradient with a stride wider than the image uses nothing that others left",
        arguments: [(1, 2), (2, 3), (3, 4)])
    func narrowImage(side: Int, stride: Int) throws {
        var (builder, random) = (GraphBuilder(), RandomTensors(seed: 31))
        func gradient(_ name: String, _ side: Int, _ attributes: ConvolutionAttributes, outputSide: Int) throws {
            let x = builder.input("x_\(name)", TensorType([8, 16, side, side]))
            let dy = builder.input("dy_\(name)", TensorType([8, 16, outputSide, outputSide]))
            let weight = builder.variable("weight_\(name)", [16, 16, 3, 3], role: .weight)
            builder.output(name, try builder.apply(.convolutionWeightGradient(attributes), dy, x, weight))
        }
        try gradient("wide", 16, .init(strides: Extent(2), padding: Padding(1)), outputSide: 8)
        try gradient("narrow", side, .init(strides: Extent(stride), padding: Padding(1)), outputSide: 1)
        let weight = random.uniform([16, 16, 3, 3])
        let parameters = Parameters(["weight_wide": weight, "weight_narrow": weight])
        let inputs = [
            "x_wide": Tensor(repeating: .nan, [8, 16, 16, 16]), "dy_wide": Tensor(repeating: .nan, [8, 16, 8, 8]),
            "x_narrow": random.uniform([8, 16, side, side]), "dy_narrow": random.uniform([8, 16, 1, 1]),
        ]
        let expected = try #require(
            try ReferenceEngine().compile(builder.graph, parameters: parameters).run(inputs)["narrow"])
        let executable = try CPUEngine().compile(builder.graph, parameters: parameters, options: Self.options)
        for _ in 0..<2 {
            expectClose(try #require(try executable.run(inputs)["narrow"]), expected, Self.tolerance(for: expected), "narrow")
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
