import Graphs
import Tensors
import TestSupport

extension ConformanceCase {
    /// Matrix products of small whole numbers, exact in float32.
    static let products: [ConformanceCase] = linears + matrixProducts

    private static let linears: [ConformanceCase] = [(1, 1, 1), (7, 17, 33), (2, 64, 10), (3, 5, 1), (1, 37, 11)].flatMap {
        batch, inputs, outputs in
        var random = RandomTensors(seed: 12)
        let x = random.smallIntegers([batch, inputs])
        let weight = random.smallIntegers([outputs, inputs])
        let bias = random.smallIntegers([outputs])
        let name = "\(batch)x\(inputs) to \(outputs)"
        return [
            ConformanceCase(
                name: name, op: .linear, operands: [.input(x), .variable(weight), .variable(bias)]),
            ConformanceCase(name: name + " without bias", op: .linear, operands: [.input(x), .variable(weight)]),
            ConformanceCase(name: name + ", weight fed", op: .linear, operands: [.input(x), .input(weight), .input(bias)]),
        ]
    }

    private static let matrixProducts: [ConformanceCase] = [(1, 1, 1), (17, 5, 33), (3, 19, 2)].flatMap {
        rows, inner, columns in
        [(false, false), (false, true), (true, false), (true, true)].map { left, right in
            var random = RandomTensors(seed: 13)
            let a = random.smallIntegers(left ? [inner, rows] : [rows, inner])
            let b = random.smallIntegers(right ? [columns, inner] : [inner, columns])
            return ConformanceCase(
                name: "\(rows)x\(inner)x\(columns)", op: .matMul(transposeLeft: left, transposeRight: right),
                operands: [.input(a), .input(b)])
        }
    }
}
