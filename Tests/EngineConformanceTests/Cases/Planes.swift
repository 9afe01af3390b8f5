import Graphs
import Tensors
import TestSupport

extension ConformanceCase {
    /// Operators that move elements: planes with and without their edges, axes in another order. Results are exact.
    static let planes: [ConformanceCase] = edges + transpositions

    private static let edges: [ConformanceCase] = [
        ([1, 1, 1, 1], Padding(0)), ([2, 3, 5, 4], Padding(1)), ([1, 17, 3, 7], Padding(top: 0, left: 2, bottom: 3, right: 0)),
        ([3, 2, 1, 1], Padding(top: 5, left: 0, bottom: 0, right: 1)), ([2, 40, 37, 31], Padding(2)),
    ].flatMap { (shape: [Int], padding: Padding) in
        var random = RandomTensors(seed: 57)
        let larger = [
            shape[0], shape[1], shape[2] + padding.top + padding.bottom, shape[3] + padding.left + padding.right,
        ]
        return [
            ConformanceCase(
                name: "\(shape) by \(padding)", op: .pad(padding), operands: [.input(random.uniform(Shape(shape)))]),
            ConformanceCase(
                name: "\(larger) by \(padding)", op: .crop(padding), operands: [.input(random.uniform(Shape(larger)))]),
        ]
    }

    private static let transpositions: [ConformanceCase] = [
        ([], []), ([5], [0]), ([3, 7], [1, 0]), ([3, 7], [0, 1]), ([2, 3, 5], [0, 2, 1]), ([2, 3, 4, 5], [0, 2, 3, 1]),
        ([2, 17, 3, 3], [3, 2, 1, 0]), ([2, 2, 29, 5, 4], [0, 2, 1, 3, 4]), ([2, 1, 3, 1, 2, 3], [0, 5, 1, 4, 2, 3]),
    ].map { (shape: [Int], permutation: [Int]) in
        var random = RandomTensors(seed: 58)
        return ConformanceCase(
            name: "\(shape) as \(permutation)", op: .transpose(permutation: permutation),
            operands: [.input(random.uniform(Shape(shape)))])
    }
}
