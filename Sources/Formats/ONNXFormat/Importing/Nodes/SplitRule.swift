import Diagnostics

/// Reads the lengths of a Split: an input since operator set 13, an attribute before, equal parts without either.
struct SplitRule {
    let node: ForeignNode

    func counts(of extent: Int, listed: [Int]?) throws(ErdeError) -> [Int] {
        if let counts = try node.integers(listed, orAttribute: "split") {
            guard counts.count == node.node.outputs.count, counts.allSatisfy({ 0...extent ~= $0 }),
                counts.reduce(0, +) == extent
            else {
                throw node.failure("splits \(extent) into \(counts)")
            }
            return counts
        }
        let parts = try node.integer("num_outputs", default: node.node.outputs.count)
        guard parts > 0, parts == node.node.outputs.count else { throw node.failure("splits into \(parts) parts") }
        let size = (extent + parts - 1) / parts
        return (0..<parts).map { min(size, max(0, extent - $0 * size)) }
    }
}
