import Diagnostics

/// Reads the ranges of a Slice: inputs since operator set 10, attributes before.
struct SliceRule {
    /// Elements of one axis: `count` of them from `start` on, `step` apart.
    struct AxisRange {
        let axis: Int
        let start: Int
        let count: Int
        let step: Int
    }

    let node: ForeignNode
    let extents: [Int]

    /// - Parameter listed: a list of integers among the inputs; nil when it is left out.
    func ranges(listed: (Int) throws(ErdeError) -> [Int]?) throws(ErdeError) -> [AxisRange] {
        guard let starts = try node.integers(listed(1), orAttribute: "starts"),
            let ends = try node.integers(listed(2), orAttribute: "ends")
        else {
            throw node.failure("has no starts and ends")
        }
        let axes = try node.integers(listed(3), orAttribute: "axes") ?? Array(starts.indices)
        let steps = try listed(4) ?? [Int](repeating: 1, count: starts.count)
        guard starts.count == ends.count, starts.count == axes.count, starts.count == steps.count else {
            throw node.failure("has starts, ends, axes and steps of different lengths")
        }
        _ = try node.axes(axes, rank: extents.count)
        var ranges: [AxisRange] = []
        for index in starts.indices {
            let axis = try node.axis(axes[index], rank: extents.count)
            let (extent, step) = (extents[axis], steps[index])
            guard step != 0, step != .min else { throw node.failure("has a step of \(step)") }
            func place(_ position: Int) -> Int { position < 0 ? position &+ extent : position }
            let forward = step > 0
            let start = min(max(place(starts[index]), 0), forward ? extent : extent - 1)
            // With a negative step an end before the first element is -1.
            let end = min(max(place(ends[index]), forward ? 0 : -1), forward ? extent : extent - 1)
            let span = forward ? end - start : start - end
            let count = span <= 0 ? 0 : (span - 1) / abs(step) + 1
            ranges.append(AxisRange(axis: axis, start: start, count: count, step: step))
        }
        return ranges
    }
}
