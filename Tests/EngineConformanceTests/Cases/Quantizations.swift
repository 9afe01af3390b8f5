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
            // Levels of 8-bit pixels, and multiples of 0.05: every sixth and every other one lies in the middle of two steps.
            let pixels = Tensor(shape, (0..<shape.count).map { Float($0 * 7 % 256) / 255 })
            let decimals = Tensor(shape, (0..<shape.count).map { Float($0 % 301 - 150) / 20 })
            let (coarse, tenths) = (Quantization(.uint8, scale: 6 / 255), Quantization(.int8, scale: 0.1))
            func step(_ size: Double) -> Tolerance {
                Tolerance(
                    absolute: size * 1.001, relative: 0,
                    reason: "in the middle of two steps the rounding of a quotient, or of an inverse, in float32 decides")
            }
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
                unary(.quantize(coarse), pixels, named: ", pixels", within: step(1)),
                unary(.quantize(tenths), decimals, named: ", tenths", within: step(1)),
                unary(.fakeQuantize(coarse), pixels, named: ", pixels", within: step(6 / 255)),
                unary(.fakeQuantize(tenths), decimals, named: ", tenths", within: step(0.1)),
                unary(.fakeQuantizeChannels(limit: 7), x, within: .float32),
                unary(
                    .fakeQuantizeChannels(limit: 127), Tensor(shape, x.floats.map { $0 * .leastNormalMagnitude }),
                    named: ", next to nothing"),
            ]
        }
}
