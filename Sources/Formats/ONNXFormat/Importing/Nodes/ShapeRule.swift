import Diagnostics

/// Reads the extents that a Reshape, Flatten, Squeeze or Unsqueeze gives a tensor.
struct ShapeRule {
    let node: ForeignNode
    /// Of the tensor.
    let extents: [Int]

    private var count: Int { extents.reduce(1, *) }

    /// - Parameters:
    ///   - keepsBatch: whether a Squeeze that names no axes leaves axis 0, the batch, in place.
    ///   - listed: a list of integers among the inputs; nil when it is left out.
    func target(keepsBatch: Bool = false, listed: (Int) throws(ErdeError) -> [Int]?) throws(ErdeError) -> [Int] {
        switch node.node.type {
        case "Reshape":
            guard let wanted = try node.integers(listed(1), orAttribute: "shape") else { throw node.failure("has no shape") }
            return try reshaped(wanted)
        case "Flatten":
            let axis = try node.integer("axis", default: 1)
            let place = axis < 0 ? axis + extents.count : axis
            guard 0...extents.count ~= place else { throw node.failure("axis \(axis) of \(extents.count)") }
            return [extents[..<place].reduce(1, *), extents[place...].reduce(1, *)]
        case "Squeeze":
            guard let named = try node.integers(listed(1), orAttribute: "axes") else {
                return extents.enumerated().filter { $0.element != 1 || keepsBatch && $0.offset == 0 }.map(\.element)
            }
            let axes = try node.axes(named, rank: extents.count)
            guard axes.allSatisfy({ extents[$0] == 1 }) else { throw node.failure("squeezes an axis that is not 1") }
            return extents.enumerated().filter { !axes.contains($0.offset) }.map(\.element)
        default:
            guard let named = try node.integers(listed(1), orAttribute: "axes"), named.count <= 8 else {
                throw node.failure("has no axes")
            }
            let rank = extents.count + named.count
            let axes = try node.axes(named, rank: rank)
            var rest = extents[...]
            return (0..<rank).map { axes.contains($0) ? 1 : rest.popFirst() ?? 1 }
        }
    }

    private func reshaped(_ wanted: [Int]) throws(ErdeError) -> [Int] {
        let copies = try node.integer("allowzero", default: 0) == 0
        guard wanted.count <= 8, wanted.filter({ $0 == -1 }).count <= 1, wanted.allSatisfy({ -1...(1 << 31) ~= $0 }) else {
            throw node.failure("asks for the shape \(wanted)")
        }
        var target = wanted
        for axis in target.indices where target[axis] == 0 && copies {
            guard axis < extents.count else { throw node.failure("copies axis \(axis) of a tensor of \(extents.count) axes") }
            target[axis] = extents[axis]
        }
        if let free = target.firstIndex(of: -1) {
            var others = target
            others[free] = 1
            guard let known = others.elementCount, known > 0, count % known == 0 else {
                throw node.failure("cannot give \(count) elements the shape \(wanted)")
            }
            target[free] = count / known
        }
        guard target.elementCount == count else { throw node.failure("cannot give \(count) elements the shape \(wanted)") }
        return target
    }
}
