import Graphs
import Tensors
import TestSupport

extension ConformanceCase {
    /// Sums and their reverse, and reshaping. Sums of small whole numbers are exact.
    static let reductions: [ConformanceCase] = reduced + broadcast + reshaped

    private static let reduced: [ConformanceCase] =
        ([
            ([7, 17], [0]), ([7, 17], [1]), ([3, 5], [0, 1]), ([2, 17, 3, 5], [0, 2, 3]), ([2, 3, 4, 5], [1]),
            ([2, 3, 4, 5], [1, 3]), ([1, 33, 1, 1], [2, 3]), ([4, 16, 3, 3], [0]), ([33], [0]), ([2, 3], []),
        ] as [(Shape, [Int])])
        .flatMap { shape, axes in
            var random = RandomTensors(seed: 20)
            let (whole, real) = (random.smallIntegers(shape), random.uniform(shape))
            let perAxes = [false, true].flatMap { keepsAxes in
                let name = "\(shape) along \(axes)\(keepsAxes ? ", kept" : "")"
                let reduction = Reduction(axes: axes, keepsAxes: keepsAxes)
                return [
                    ConformanceCase(name: name, op: .reduceSum(reduction), operands: [.input(whole)]),
                    ConformanceCase(
                        name: name, op: .reduceMean(reduction), operands: [.input(real)], tolerance: .float32),
                ]
            }
            return perAxes + [ConformanceCase(name: "\(shape)", op: .sumOfSquares, operands: [.input(whole)])]
        }

    private static let broadcast: [ConformanceCase] =
        ([
            ([7, 17], [17]), ([7, 17], [7, 1]), ([3, 5], []), ([3, 5], [1, 1]), ([2, 17, 3, 5], [17, 1, 1]),
            ([2, 3, 4, 5], [2, 1, 4, 1]), ([2, 3, 4, 5], [4, 5]), ([1, 16, 2, 2], [1, 16, 2, 2]), ([], []),
        ] as [(Shape, Shape)])
        .flatMap { large, small in
            var random = RandomTensors(seed: 21)
            let (many, few) = (random.smallIntegers(large), random.smallIntegers(small))
            return [
                ConformanceCase(name: "\(large) to \(small)", op: .sumTo, operands: [.input(many), .input(few)]),
                ConformanceCase(name: "\(small) to \(large)", op: .broadcastTo, operands: [.input(few), .input(many)]),
            ]
        }

    private static let reshaped: [ConformanceCase] =
        ([
            ([2, 17, 3, 5], [255]), ([3, 12], [3, 2, 2]), ([7], []), ([7, 1], []), ([5], [1, 1]), ([1, 16, 2, 2], [4, 4, 4]),
        ] as [(Shape, [Int])])
        .map { shape, trailing in
            var random = RandomTensors(seed: 22)
            return ConformanceCase(
                name: "\(shape) to \(trailing)", op: .reshape(trailing: trailing),
                operands: [.input(random.smallIntegers(shape))])
        }
}
