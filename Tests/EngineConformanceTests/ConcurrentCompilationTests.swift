import CPUEngine
import Diagnostics
import Dispatch
import Execution
import Graphs
import ReferenceEngine
import Synchronization
import Tensors
import TestSupport
import Testing

/// oneDNN 2.6 works out the blocks of a convolution in a variable that all threads share, with one value for bytes and another for
/// floats: whoever prepares both at once gets wrong results from either.
@Suite("Graphs compiled in several threads at once")
struct ConcurrentCompilationTests {
    private struct Case: Sendable {
        let name: String
        let graph: Graph
        let parameters: Parameters
        let x: Tensor
        let tolerance: Tolerance

        func answer(_ engine: any Engine) throws -> Tensor? {
            try engine.compile(graph, parameters: parameters, options: CompilationOptions(threads: 1)).run(["x": x])["y"]
        }
    }

    @Test("are right, of floats and of bytes")
    func agree() throws {
        // No two alike, so that none is found ready made.
        let cases = try (3..<99).flatMap { [try Self.floats($0), try Self.bytes($0)] }
        let answers = Mutex<[Int: Tensor]>([:])
        DispatchQueue.concurrentPerform(iterations: cases.count) { index in
            if let answer = try? cases[index].answer(CPUEngine()) { answers.withLock { $0[index] = answer } }
        }
        for (index, answer) in answers.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            let expected = try #require(try cases[index].answer(ReferenceEngine()))
            expectClose(answer, expected, cases[index].tolerance, cases[index].name)
        }
        #expect(answers.withLock { $0.count } == cases.count)
    }

    /// Small integers, so that sums are exact.
    private static func floats(_ channels: Int) throws -> Case {
        var (random, builder, parameters) = (RandomTensors(seed: 5), GraphBuilder(), Parameters())
        let x = random.smallIntegers([1, channels, 3, 5])
        let weights = random.smallIntegers([5, channels, 3, 3])
        parameters["weight"] = weights
        let y = try builder.apply(
            .convolution(ConvolutionAttributes(padding: Padding(1))), builder.input("x", x.type, isBatched: false),
            builder.variable("weight", weights.shape, role: .weight))
        builder.output("y", y)
        return Case(
            name: "\(channels) channels of floats", graph: builder.graph, parameters: parameters, x: x, tolerance: .exact)
    }

    private static func bytes(_ channels: Int) throws -> Case {
        var (random, builder, parameters) = (RandomTensors(seed: 7), GraphBuilder(), Parameters())
        let type = TensorType([1, channels, 3, 5], .uint8)
        let x = Tensor(type, exactly: random.smallIntegers(type.shape, in: 0...255).floats)
        let shape: Shape = [5, channels, 3, 3]
        parameters["weight"] = Tensor(TensorType(shape, .int8), exactly: random.smallIntegers(shape, in: -127...127).floats)
        let image = try builder.apply(.dequantize(Quantization(.uint8, scale: 0.01)), builder.input("x", type, isBatched: false))
        let scales = [Float](repeating: 0.001, count: 5)
        let weight = try builder.apply(
            .dequantize(Quantization(.int8, scales: scales)), builder.variable("weight", shape, role: .weight, dataType: .int8))
        let result = Quantization(.int8, scale: 0.05)
        let sum = try builder.apply(.convolution(ConvolutionAttributes(padding: Padding(1))), image, weight)
        builder.output("y", try builder.apply(.dequantize(result), builder.apply(.quantize(result), sum)))
        let step = Tolerance(absolute: 0.0501, relative: 0, reason: "a sum between two steps may become either")
        return Case(
            name: "\(channels) channels of bytes", graph: builder.graph, parameters: parameters, x: x, tolerance: step)
    }
}
