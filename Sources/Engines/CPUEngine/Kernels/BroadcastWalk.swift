import Tensors

/// Walks the elements of a broadcast shape in row-major order with the offsets of two operands, a row at a time.
struct BroadcastWalk {
    private let outer: [Int]
    private let outerStrides: [(left: Int, right: Int)]
    /// Extent of the last axis.
    let inner: Int
    /// Steps of the operands along the last axis: 0 where one repeats.
    let innerStrides: (left: Int, right: Int)

    init(result: Shape, left: Shape, right: Shape) {
        let leftStrides = BroadcastWalk.strides(of: left, in: result)
        let rightStrides = BroadcastWalk.strides(of: right, in: result)
        let pairs = Array(zip(leftStrides, rightStrides)).map { (left: $0.0, right: $0.1) }
        outer = Array(result.dimensions.dropLast())
        outerStrides = Array(pairs.dropLast())
        inner = result.dimensions.last ?? 1
        innerStrides = pairs.last ?? (0, 0)
    }

    /// Row-major steps of a shape inside a larger one, 0 along axes where it repeats.
    private static func strides(of shape: Shape, in result: Shape) -> [Int] {
        let own = shape.strides
        let missing = result.rank - shape.rank
        return (0..<result.rank).map { axis in
            axis < missing || shape[axis - missing] == 1 ? 0 : own[axis - missing]
        }
    }

    /// Calls `body` with the offsets (result, left, right) at the start of each row.
    @inline(__always)
    func forEachRow(_ body: (Int, Int, Int) -> Void) {
        let rows = outer.reduce(1, *)
        var (left, right) = (0, 0)
        withUnsafeTemporaryAllocation(of: Int.self, capacity: max(1, outer.count)) { position in
            position.initialize(repeating: 0)
            for row in 0..<rows {
                body(row * inner, left, right)
                var axis = outer.count - 1
                while axis >= 0 {
                    position[axis] += 1
                    left += outerStrides[axis].left
                    right += outerStrides[axis].right
                    if position[axis] < outer[axis] { break }
                    left -= outerStrides[axis].left * outer[axis]
                    right -= outerStrides[axis].right * outer[axis]
                    position[axis] = 0
                    axis -= 1
                }
            }
        }
    }
}
