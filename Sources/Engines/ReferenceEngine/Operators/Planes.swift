import Graphs
import Tensors

/// Calls `body` for each element of the planes of `inner` `[N,C,H,W]` with its position there, and in `outer`, whose
/// planes are larger by the padding.
private func forEachElement(
    inner: Shape, outer: Shape, _ padding: Padding, _ body: (_ innerIndex: Int, _ outerIndex: Int) -> Void
) {
    for plane in 0..<inner[0] * inner[1] {
        for row in 0..<inner[2] {
            for column in 0..<inner[3] {
                let outerRow = plane * outer[2] + row + padding.top
                body((plane * inner[2] + row) * inner[3] + column, outerRow * outer[3] + column + padding.left)
            }
        }
    }
}

/// `x` with zeros around each plane.
func pad(_ x: DoubleTensor, _ padding: Padding, shape: Shape) -> DoubleTensor {
    var y = DoubleTensor(zeros: shape)
    forEachElement(inner: x.shape, outer: shape, padding) { y[$1] = x[$0] }
    return y
}

/// `x` without the outermost rows and columns of each plane.
func crop(_ x: DoubleTensor, _ padding: Padding, shape: Shape) -> DoubleTensor {
    var y = DoubleTensor(zeros: shape)
    forEachElement(inner: shape, outer: x.shape, padding) { y[$0] = x[$1] }
    return y
}

/// `y[i₀,i₁,…] = x[…]` where axis `k` of `y` is axis `permutation[k]` of `x`.
func transpose(_ x: DoubleTensor, _ permutation: [Int], shape: Shape) -> DoubleTensor {
    let steps = permutation.map { x.shape.strides[$0] }
    var positions = [0]
    for axis in permutation.indices {
        positions = positions.flatMap { position in (0..<shape[axis]).map { position + $0 * steps[axis] } }
    }
    return DoubleTensor(shape, positions.map { x[$0] })
}
