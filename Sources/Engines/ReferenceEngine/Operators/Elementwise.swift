import Graphs
import Tensors

/// For each element of a tensor of shape `larger`, row-major, the position of the element of a tensor of shape `smaller`
/// that broadcasting puts there: shapes are aligned at the last axis and extents of 1 repeat, as in NumPy.
func broadcastPositions(of smaller: Shape, in larger: Shape) -> [Int] {
    let padded = Shape([Int](repeating: 1, count: larger.rank - smaller.rank) + smaller.dimensions)
    let steps = (0..<larger.rank).map { axis in padded[axis] == 1 ? 0 : padded.strides[axis] }
    var positions = [0]
    for axis in 0..<larger.rank {
        positions = positions.flatMap { position in (0..<larger[axis]).map { position + $0 * steps[axis] } }
    }
    return positions
}

/// `operation` of each pair of elements, after broadcasting.
func combine(_ a: DoubleTensor, _ b: DoubleTensor, _ operation: (Double, Double) -> Double) -> DoubleTensor {
    let rank = max(a.shape.rank, b.shape.rank)
    let shape = Shape(
        (0..<rank).map { axis in
            let extentA = axis < rank - a.shape.rank ? 1 : a.shape[axis - rank + a.shape.rank]
            let extentB = axis < rank - b.shape.rank ? 1 : b.shape[axis - rank + b.shape.rank]
            return extentA == 1 ? extentB : extentA
        })
    let positionsA = broadcastPositions(of: a.shape, in: shape)
    let positionsB = broadcastPositions(of: b.shape, in: shape)
    return DoubleTensor(shape, zip(positionsA, positionsB).map { operation(a[$0], b[$1]) })
}

/// `x·mask/(1 − rate)`
func randomDropout(_ x: DoubleTensor, seed: DoubleTensor, rate: Double, salt: UInt32) -> DoubleTensor {
    let mask = DropoutMask(rate: rate, salt: salt, seed: (Int32(seed[0]), Int32(seed[1])))
    var y = x
    for index in x.elements.indices { y[index] = mask.keeps(index) ? x[index] / (1 - rate) : 0 }
    return y
}
