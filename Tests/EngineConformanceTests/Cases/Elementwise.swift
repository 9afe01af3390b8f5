import Graphs
import Tensors
import TestSupport

extension ConformanceCase {
    /// Operators of one operand on scalars, rows and images.
    static let elementwise: [ConformanceCase] = ([[], [1], [17], [7, 33], [2, 17, 3, 5], [1, 16, 4, 4]] as [Shape]).flatMap {
        shape in
        var random = RandomTensors(seed: 17)
        let x = random.separated(shape)
        let dy = random.smallIntegers(shape)
        let zeros = random.smallIntegers(shape, in: -1...1)
        let positive = random.uniform(shape, in: 0.1...4)
        // The second word is negative: masks are drawn from bit patterns.
        let seed = Tensor([2], [20_261_121, -7] as [Int32])
        func unary(
            _ op: Op, _ operands: Tensor..., named name: String = "", within tolerance: Tolerance = .exact,
            smooth: Bool = true
        ) -> ConformanceCase {
            ConformanceCase(
                name: "\(shape)\(name)", op: op, operands: operands.map { .input($0) }, tolerance: tolerance,
                isSmooth: smooth)
        }
        return [
            unary(.relu, x),
            unary(.relu, zeros, named: ", zeros", smooth: false),
            unary(.reluGradient, dy, zeros),
            // The bounds lie between elements, which are odd multiples of 1/16.
            unary(.clip(lower: -0.5, upper: 0.25), x),
            unary(.clip(lower: -1, upper: 1), zeros, named: ", at the bounds", smooth: false),
            unary(.clipGradient(lower: -1, upper: 0.5), dy, zeros),
            unary(.affine(scale: -2, offset: 0.5), x),
            unary(.affine(scale: 0, offset: 0), x, named: ", to zero"),
            unary(.exp, random.uniform(shape, in: -5...3), within: .transcendental),
            unary(.log, positive, within: .transcendental),
            unary(.squareRoot, positive, within: .float32),
            unary(.sigmoid, random.uniform(shape, in: -9...9), within: .transcendental),
            unary(.hardSigmoid(slope: 0.25, offset: 0.5), x, within: .float32),
            unary(.hardSigmoid(slope: 0.5, offset: -0.25), zeros, named: ", zeros", within: .float32, smooth: false),
            unary(.errorFunction, random.uniform(shape, in: -3...3), within: .transcendental),
            unary(.stopGradient, x),
            unary(.dropout(rate: 0.5), x),
            unary(.randomDropout(rate: 0.5, salt: 3), x, seed),
            unary(.randomDropout(rate: 0.3, salt: 4), x, seed, named: ", rate 0.3", within: .float32),
        ]
    }
}
