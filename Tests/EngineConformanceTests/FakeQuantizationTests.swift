import Graphs
import Tensors
import TestSupport
import Testing

@Suite("Rounding to the steps of a quantization, in floats")
struct FakeQuantizationTests {
    /// As ONNX and the exported C do; a product with the inverse takes pixels in the middle of two steps elsewhere.
    @Test("divides by the scale", arguments: EngineUnderTest.all, [6 / 255, 0.1, 1 / 127] as [Float])
    func divides(subject: EngineUnderTest, scale: Float) throws {
        let levels = (0..<256).map { Float($0) / 255 }
        let graph = try OperatorGraph(
            .fakeQuantize(Quantization(.uint8, scale: scale)), [.input(Tensor([256], levels))])
        let found = try graph.run(on: subject.engine, options: subject.options)
        #expect(found.map(\.floats) == [levels.map { ($0 / scale).rounded(.toNearestOrEven) * scale }])
    }
}
