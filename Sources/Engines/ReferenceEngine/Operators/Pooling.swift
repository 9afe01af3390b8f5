import Graphs
import Tensors

/// Calls `body` for each element of a pooling's output `[N,C,H',W']` with its position and the positions in the input
/// `[N,C,H,W]` that its window covers, in row-major order. Padding is not among them.
private func forEachWindow(
    over x: Shape, output y: Shape, _ attributes: PoolAttributes, _ body: (_ yIndex: Int, _ window: [Int]) -> Void
) {
    var window: [Int] = []
    for plane in 0..<y[0] * y[1] {
        for row in 0..<y[2] {
            for column in 0..<y[3] {
                let top = row * attributes.strides.height - attributes.padding.top
                let left = column * attributes.strides.width - attributes.padding.left
                window.removeAll(keepingCapacity: true)
                for xRow in top..<top + attributes.kernel.height where 0..<x[2] ~= xRow {
                    for xColumn in left..<left + attributes.kernel.width where 0..<x[3] ~= xColumn {
                        window.append((plane * x[2] + xRow) * x[3] + xColumn)
                    }
                }
                body((plane * y[2] + row) * y[3] + column, window)
            }
        }
    }
}

/// The first position in the window of its greatest element, or of its first NaN.
private func firstMaximum(of x: DoubleTensor, in window: [Int]) -> Int {
    if let missing = window.first(where: { x[$0].isNaN }) { return missing }
    var best = window[0]
    for index in window where x[index] > x[best] { best = index }
    return best
}

/// What the sum of a window is divided by.
private func divisor(_ window: [Int], _ attributes: PoolAttributes) -> Double {
    Double(attributes.countsPadding ? attributes.kernel.height * attributes.kernel.width : window.count)
}

/// The greatest element of each window; padding never wins.
func maxPool(_ x: DoubleTensor, _ attributes: PoolAttributes, shape: Shape) -> DoubleTensor {
    var y = DoubleTensor(zeros: shape)
    forEachWindow(over: x.shape, output: shape, attributes) { yIndex, window in
        y[yIndex] = x[firstMaximum(of: x, in: window)]
    }
    return y
}

/// Each `dy` goes to the first greatest element of its window.
func maxPoolGradient(_ dy: DoubleTensor, x: DoubleTensor, _ attributes: PoolAttributes) -> DoubleTensor {
    var dx = DoubleTensor(zeros: x.shape)
    forEachWindow(over: x.shape, output: dy.shape, attributes) { yIndex, window in
        dx[firstMaximum(of: x, in: window)] += dy[yIndex]
    }
    return dx
}

/// The mean of each window.
func averagePool(_ x: DoubleTensor, _ attributes: PoolAttributes, shape: Shape) -> DoubleTensor {
    var y = DoubleTensor(zeros: shape)
    forEachWindow(over: x.shape, output: shape, attributes) { yIndex, window in
        y[yIndex] = window.reduce(0) { $0 + x[$1] } / divisor(window, attributes)
    }
    return y
}

/// Each `dy` is shared evenly by the elements of its window.
func averagePoolGradient(_ dy: DoubleTensor, _ attributes: PoolAttributes, shape: Shape) -> DoubleTensor {
    var dx = DoubleTensor(zeros: shape)
    forEachWindow(over: shape, output: dy.shape, attributes) { yIndex, window in
        for index in window { dx[index] += dy[yIndex] / divisor(window, attributes) }
    }
    return dx
}
