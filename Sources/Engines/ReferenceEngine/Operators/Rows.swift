import Glibc
import Tensors

/// Each row of `[N,K]` by itself.
private func rows(of x: DoubleTensor) -> [ArraySlice<Double>] {
    (0..<x.shape[0]).map { x.elements[$0 * x.shape[1]..<($0 + 1) * x.shape[1]] }
}

/// `x − max − log Σ exp(x − max)` along each row; the maximum is taken out so that nothing overflows.
func logSoftmax(_ x: DoubleTensor) -> DoubleTensor {
    DoubleTensor(
        x.shape,
        rows(of: x).flatMap { row in
            let maximum = row.max() ?? 0
            let logTotal = log(row.reduce(0) { $0 + exp($1 - maximum) })
            return row.map { $0 - maximum - logTotal }
        })
}

/// The column of the greatest element of each row, the first if there are several.
func argMax(_ x: DoubleTensor) -> DoubleTensor {
    DoubleTensor(
        [x.shape[0]],
        rows(of: x).map { row in
            var best = row.startIndex
            for index in row.indices where row[index] > row[best] { best = index }
            return Double(best - row.startIndex)
        })
}

/// 1 in the column of each index, 0 elsewhere; a row whose index is no class is all zero.
func oneHot(_ indices: DoubleTensor, classes: Int) -> DoubleTensor {
    DoubleTensor(
        [indices.shape[0], classes],
        indices.elements.flatMap { index in (0..<classes).map { Double($0) == index ? 1 : 0 } })
}
