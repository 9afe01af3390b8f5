import Diagnostics
import Graphs

extension LoweringTable {
    /// Sums, means and maxima along axes of each image.
    static let reductions: [String: Rule] = [
        "ReduceMean": one { (lowering, node) throws(ErdeError) in
            let (x, reduction) = try lowering.reduction(node)
            if reduction.axes == [2, 3], lowering.shape(x).count == 4 {
                let pooled = try lowering.apply(.globalAveragePool, x, node: node)
                return try lowering.removing(reduction, from: pooled, node: node)
            }
            return try lowering.apply(.reduceMean(reduction), x, node: node)
        },
        "ReduceSum": one { (lowering, node) throws(ErdeError) in
            let (x, reduction) = try lowering.reduction(node)
            return try lowering.apply(.reduceSum(reduction), x, node: node)
        },
        "ReduceSumSquare": one { (lowering, node) throws(ErdeError) in
            let (x, reduction) = try lowering.reduction(node)
            return try lowering.apply(.reduceSum(reduction), lowering.apply(.multiply, x, x, node: node), node: node)
        },
        "ReduceL2": one { (lowering, node) throws(ErdeError) in
            let (x, reduction) = try lowering.reduction(node)
            let square = try lowering.apply(.multiply, x, x, node: node)
            return try lowering.apply(.squareRoot, lowering.apply(.reduceSum(reduction), square, node: node), node: node)
        },
        "ReduceMax": one { (lowering, node) throws(ErdeError) in
            let (x, reduction) = try lowering.reduction(node)
            guard reduction.axes == [2, 3], lowering.shape(x).count == 4 else {
                throw node.failure("takes a maximum over axes \(reduction.axes), expected [2, 3] of images")
            }
            return try lowering.removing(reduction, from: lowering.globalMaximum(x, node: node), node: node)
        },
    ]
}

extension GraphLowering {
    /// The operand, and the axes: an input since operator set 13 or 18, an attribute before.
    fileprivate func reduction(_ node: ForeignNode) throws(ErdeError) -> (Value, Reduction) {
        let x = try computed(0, of: node)
        let rank = shape(x).count
        let listed = try node.integers(node.optionalIntegers(1, "list of axes"), orAttribute: "axes") ?? []
        guard !listed.isEmpty else { throw node.failure("reduces all axes, or none") }
        let axes = try node.axes(listed, rank: rank)
        guard !axes.contains(0) else { throw node.failure("reduces axis 0: it mixes the images of a batch") }
        return (x, Reduction(axes: axes, keepsAxes: try node.integer("keepdims", default: 1) != 0))
    }

    /// `[N, C, 1, 1]` without the two axes, unless they are kept.
    fileprivate mutating func removing(
        _ reduction: Reduction, from pooled: Value, node: ForeignNode
    ) throws(ErdeError) -> Value {
        reduction.keepsAxes ? pooled : try apply(.reshape(trailing: [shape(pooled)[1]]), pooled, node: node)
    }
}
