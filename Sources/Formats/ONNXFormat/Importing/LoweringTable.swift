import Diagnostics
import Graphs

/// Which ONNX operators erde takes over, and how: the list that docs/import.md repeats.
enum LoweringTable {
    /// Adds what a node computes and returns its results.
    typealias Rule = @Sendable (inout GraphLowering, ForeignNode) throws(ErdeError) -> [Binding]

    static let rules: [String: Rule] = {
        var all: [String: Rule] = [:]
        for group in [layers, pools, activations, arithmetic, normalizations, reductions, shapes, parts] {
            all.merge(group) { first, _ in first }
        }
        return all
    }()

    /// Whether nodes of an operator are taken over, or computed beforehand.
    static func knows(_ name: String) -> Bool { rules[name] != nil || ConstantFolding.types.contains(name) }

    /// A rule with one result.
    static func one(
        _ body: @escaping @Sendable (inout GraphLowering, ForeignNode) throws(ErdeError) -> Value
    ) -> Rule {
        { (lowering, node) throws(ErdeError) in [.value(try body(&lowering, node))] }
    }
}
