import Graphs
import Tensors
import TestSupport

extension ConformanceCase {
    /// Floats to integers and back, on scalars, rows, weights and images.
    static let quantizations: [ConformanceCase] =
        ([[1], [17], [7, 33], [5, 3, 3, 3], [2, 17, 3, 5], [1, 16, 4, 4]] as [Shape])
        .flatMap { shape in
            var random = RandomTensors(seed: 71)
            // Odd multiples of 1/16, so that steps of 1/8 meet nothing but ties.
            let x = random.separated(shape)
            let (signed, unsigned) = (Quantization(.int8, scale: 0.0625), Quantization(.uint8, scale: 0.125))
            let perChannel = Quantization(.int8, scales: (0..<shape[0]).map { 0.125 * Float($0 + 1) })
            let wide = Quantization(.int32, scales: (0..<shape[0]).map { 0.0625 * Float($0 + 1) })
            func bytes(_ type: DataType, in range: ClosedRange<Int>) -> Tensor {
                Tensor(TensorType(shape, type), exactly: random.smallIntegers(shape, in: range).floats)
            }
            func unary(
                _ op: Op, _ operand: Tensor, named name: String = "", within tolerance: Tolerance = .exact
            ) -> ConformanceCase {
                ConformanceCase(
                    name: "\(shape)\(name)", op: op, operands: [.input(operand)], tolerance: tolerance, isSmooth: false)
            }
            return [
                unary(.quantize(signed), x, named: ", signed"),
                unary(.quantize(unsigned), x, named: ", unsigned"),
                unary(.quantize(signed), random.uniform(shape, in: -100...100), named: ", saturating"),
                unary(.quantize(perChannel), x, named: ", per channel"),
                unary(.quantize(wide), x, named: ", wide"),
                unary(.dequantize(signed), bytes(.int8, in: -128...127), named: ", signed"),
                unary(.dequantize(unsigned), bytes(.uint8, in: 0...255), named: ", unsigned"),
                unary(.dequantize(perChannel), bytes(.int8, in: -128...127), named: ", per channel"),
                unary(.dequantize(wide), bytes(.int32, in: -5000...5000), named: ", wide"),
                unary(.fakeQuantize(signed), x, named: ", signed"),
                unary(.fakeQuantize(unsigned), x, named: ", unsigned"),
                unary(.fakeQuantizeChannels(limit: 7), x, within: .float32),
            ]
        }
}
