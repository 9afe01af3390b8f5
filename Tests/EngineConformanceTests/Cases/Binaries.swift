import Graphs
import Tensors
import TestSupport

extension ConformanceCase {
    /// Operators of two operands in every way that shapes broadcast.
    static let binaries: [ConformanceCase] = shapes.flatMap { left, right in
        var random = RandomTensors(seed: 18)
        let (a, b) = (random.smallIntegers(left), random.smallIntegers(right))
        let divisor = random.uniform(right, in: 0.5...2)
        // Odd and even multiples of 1/16 never meet, so no maximum has a kink here.
        let (odd, even) = (random.separated(left), Tensor(right, random.separated(right).floats.map { $0 + 0.0625 }))
        // Every third element, the first among them, is NaN.
        func holed(_ tensor: Tensor) -> Tensor {
            Tensor(tensor.shape, tensor.floats.enumerated().map { $0.offset % 3 == 0 ? Float.nan : $0.element })
        }
        func binary(
            _ op: Op, _ a: Tensor, _ b: Tensor, named name: String = "", _ tolerance: Tolerance = .exact,
            smooth: Bool = true
        ) -> ConformanceCase {
            ConformanceCase(
                name: "\(left) and \(right)\(name)", op: op, operands: [.input(a), .input(b)], tolerance: tolerance,
                isSmooth: smooth)
        }
        return [
            binary(.add, a, b), binary(.subtract, a, b), binary(.multiply, a, b), binary(.divide, a, divisor, .float32),
            binary(.maximum, odd, even), binary(.maximum, a, b, named: ", ties", smooth: false),
            binary(.maximum, holed(a), b, named: ", NaN on the left", smooth: false),
            binary(.maximum, a, holed(b), named: ", NaN on the right", smooth: false),
            binary(.equal, a, b), binary(.less, a, b),
            binary(.equal, random.indices(left, below: 3), random.indices(right, below: 3), named: ", integers"),
            binary(.less, random.indices(left, below: 3), random.indices(right, below: 3), named: ", integers"),
        ]
    }

    private static let shapes: [(Shape, Shape)] = [
        ([], []), ([7, 17], [7, 17]), ([2, 17, 3, 3], [2, 17, 3, 3]), ([1, 16, 4, 4], [1, 16, 4, 4]),
        ([7, 5], [5]), ([5], [7, 5]), ([7, 33], [7, 1]), ([7, 1], [1, 5]), ([3, 5], []), ([], [17]), ([1], [4, 1, 3]),
        ([2, 17, 3, 5], [17, 1, 1]), ([2, 3, 4, 5], [2, 1, 4, 1]), ([2, 16, 2, 2], [2, 1, 1, 1]), ([3, 1, 2], [4, 1]),
    ]
}
