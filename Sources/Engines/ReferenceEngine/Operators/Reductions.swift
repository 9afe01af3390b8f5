import Graphs
import Tensors

/// The sum of all elements of `x` that broadcasting would put at the same element of a tensor of `shape`.
func sumTo(_ x: DoubleTensor, _ shape: Shape) -> DoubleTensor {
    var sums = DoubleTensor(zeros: shape)
    for (index, position) in broadcastPositions(of: shape, in: x.shape).enumerated() { sums[position] += x[index] }
    return sums
}

/// `x` repeated to `shape`.
func broadcastTo(_ x: DoubleTensor, _ shape: Shape) -> DoubleTensor {
    DoubleTensor(shape, broadcastPositions(of: x.shape, in: shape).map { x[$0] })
}

/// The sum along the reduced axes.
func reduceSum(_ x: DoubleTensor, _ reduction: Reduction, shape: Shape) -> DoubleTensor {
    let kept = Shape(x.shape.dimensions.enumerated().map { reduction.axes.contains($0) ? 1 : $1 })
    return DoubleTensor(shape, sumTo(x, kept).elements)
}

/// The mean along the reduced axes.
func reduceMean(_ x: DoubleTensor, _ reduction: Reduction, shape: Shape) -> DoubleTensor {
    let count = Double(reduction.axes.reduce(1) { $0 * x.shape[$1] })
    return reduceSum(x, reduction, shape: shape).map { $0 / count }
}
