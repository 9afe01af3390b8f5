import Graphs
import Tensors
import TestSupport

extension ConformanceCase {
    /// Operators that put channels together and take them apart, with exact results.
    static let channels: [ConformanceCase] = concatenations + slices

    private static let concatenations: [ConformanceCase] = [
        [[1, 1, 1, 1], [1, 1, 1, 1]], [[2, 3, 5, 4], [2, 17, 5, 4]], [[3, 16, 2, 2], [3, 1, 2, 2], [3, 16, 2, 2]],
        [[1, 40, 3, 3], [1, 24, 3, 3]], [[7, 5, 1, 13], [7, 2, 1, 13], [7, 1, 1, 13], [7, 9, 1, 13]], [[5, 3], [5, 8]],
        [[2, 33, 41, 29], [2, 31, 41, 29]],
    ].map { (shapes: [[Int]]) in
        var random = RandomTensors(seed: 53)
        return ConformanceCase(
            name: "\(shapes)", op: .concatenate, operands: shapes.map { .input(random.uniform(Shape($0))) })
    }

    private static let slices: [ConformanceCase] = [
        ([1, 1, 1, 1], 0, 1), ([2, 20, 5, 4], 3, 17), ([3, 33, 2, 2], 16, 1), ([2, 64, 3, 3], 32, 32), ([5, 8], 7, 1),
        ([2, 64, 41, 29], 1, 62),
    ].map { (shape: [Int], start: Int, count: Int) in
        var random = RandomTensors(seed: 54)
        return ConformanceCase(
            name: "\(shape) \(start)..<\(start + count)", op: .channelSlice(start: start, count: count),
            operands: [.input(random.uniform(Shape(shape)))])
    }
}
