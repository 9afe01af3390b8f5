import CPUEngine
import Execution
import Graphs
import ReferenceEngine
import Tensors
import TestSupport
import Testing

@Suite("Values that are only carried between executables")
struct CarriedValuesTests {
    /// The logits of all exits, with what passes between the segments read image by image, in another order, and written again.
    private func logits(
        _ network: ExitNetwork, batch: Int, on engine: any Engine, _ options: CompilationOptions, carries: Bool
    ) throws -> [[Float]] {
        let fast = try network.graph.optimizedForInference(network.parameters)
        let segments = fast.graph.exitSegments()
        #expect(segments.count > 1)
        var options = options
        if carries { options.carried = Set(segments.flatMap(\.liveAfter)) }
        var waiting: [String: [UInt8]] = [:]
        waiting["image"] = try #require(network.inputs["image"]).map(Float.init).withUnsafeBytes { Array($0) }
        var answers: [[Float]] = []
        for segment in segments {
            let executable = try engine.compileForInference(
                segment.graph, batch: batch, parameters: fast.parameters, options: options)
            for input in executable.graph.inputs {
                let bytes = try #require(waiting[executable.graph.name(of: input.value)])
                #expect(bytes.count == executable.byteCount(of: input))
                try bytes.withUnsafeBytes { try executable.write(input: input, from: $0) }
            }
            try executable.run()
            answers.append(try executable.read(output: executable.graph.outputs[0]).floats)
            for name in segment.liveAfter {
                guard let output = executable.graph.output(named: name) else { continue }
                var bytes = [UInt8](repeating: 0, count: executable.byteCount(of: output))
                let size = bytes.count / batch
                try bytes.withUnsafeMutableBytes { bytes in
                    for image in (0..<batch).reversed() {
                        let row = UnsafeMutableRawBufferPointer(rebasing: bytes[image * size..<(image + 1) * size])
                        try executable.read(output: output, image: image, into: row)
                    }
                }
                var whole = bytes
                try whole.withUnsafeMutableBytes { try executable.read(output: output, into: $0) }
                #expect(whole == bytes, "\(name) as a whole and image by image")
                waiting[name] = bytes
            }
        }
        return answers
    }

    /// A form of the engine's own loses nothing: what is kept in bfloat16 was bfloat16.
    @Test("come to the same answers", arguments: [Precision.float32, .bfloat16], [(1, 1), (5, 1), (37, 1), (32, 2), (74, 2)])
    func same(precision: Precision, shape: (batch: Int, threads: Int)) throws {
        if precision == .bfloat16 && CPUEngine.bfloat16 == .none { return }
        let network = try ExitNetwork(batch: shape.batch)
        let options = CompilationOptions(precision: precision, threads: shape.threads)
        let plain = try logits(network, batch: shape.batch, on: CPUEngine(), options, carries: false)
        let carried = try logits(network, batch: shape.batch, on: CPUEngine(), options, carries: true)
        #expect(plain == carried)
        #expect(plain.allSatisfy { $0.contains { $0 != 0 } })
    }

    @Test("are what they are in an engine without forms of its own")
    func reference() throws {
        let network = try ExitNetwork(batch: 3)
        let options = CompilationOptions()
        let plain = try logits(network, batch: 3, on: ReferenceEngine(), options, carries: false)
        #expect(plain == (try logits(network, batch: 3, on: ReferenceEngine(), options, carries: true)))
    }

    @Test("take half the bytes in bfloat16")
    func bytes() throws {
        if CPUEngine.bfloat16 == .none { return }
        let network = try ExitNetwork(batch: 4)
        let fast = try network.graph.optimizedForInference(network.parameters)
        let segment = fast.graph.exitSegments()[0]
        let name = try #require(segment.liveAfter.first)
        var options = CompilationOptions(precision: .bfloat16, threads: 1)
        let plain = try CPUEngine().compile(segment.graph, parameters: fast.parameters, options: options)
        options.carried = [name]
        let carried = try CPUEngine().compile(segment.graph, parameters: fast.parameters, options: options)
        let output = try #require(segment.graph.output(named: name))
        #expect(segment.graph.shape(of: output.value).dimensions.count == 4)
        #expect(2 * carried.byteCount(of: output) == plain.byteCount(of: output))
    }
}
