package import Diagnostics
import Tensors

/// Checks that a graph is well formed. Whatever `GraphBuilder` makes is; rewrites and readers are checked with this.
///
/// | constraint | what holds |
/// | --- | --- |
/// | V1 | every value has an origin, and every value that is referred to exists |
/// | V2 | names of values and outputs are C90 identifiers |
/// | V3 | names of values are unique, and so are names of outputs |
/// | V4 | each input, variable, constant and node result is declared once, as its origin says |
/// | V5 | a node's operands are leaves or results of earlier nodes |
/// | V6 | a node's results have the types that its operator infers from its operands |
/// | V7 | a constant's tensor has its value's type; a variable is float32, or a weight or bias of int8 or int32 |
/// | V8 | batched inputs have a rank of 1 or more and one batch size |
/// | V9 | an update takes a value of its variable's type, and a variable is updated once at most |
package struct GraphVerifier {
    /// A rule that every graph keeps; see `GraphVerifier`.
    package enum Constraint: String, Sendable, CaseIterable {
        case v1ValuesExist = "V1"
        case v2Identifiers = "V2"
        case v3UniqueNames = "V3"
        case v4Origins = "V4"
        case v5Order = "V5"
        case v6Types = "V6"
        case v7Leaves = "V7"
        case v8Batch = "V8"
        case v9Updates = "V9"
    }

    private let graph: Graph

    /// - Throws: `ErdeError` of kind `badData` whose problem begins with the number of the first constraint broken.
    package static func verify(_ graph: Graph) throws(ErdeError) {
        let verifier = GraphVerifier(graph: graph)
        for constraint in Constraint.allCases {
            // In this order, because later constraints read what earlier ones have found to be there.
            switch constraint {
            case .v1ValuesExist: try verifier.valuesExist()
            case .v2Identifiers: try verifier.identifiers()
            case .v3UniqueNames: try verifier.uniqueNames()
            case .v4Origins: try verifier.origins()
            case .v5Order: try verifier.order()
            case .v6Types: try verifier.types()
            case .v7Leaves: try verifier.leaves()
            case .v8Batch: try verifier.batch()
            case .v9Updates: try verifier.updates()
            }
        }
    }

    private func require(
        _ condition: Bool, _ constraint: Constraint, _ subject: @autoclosure () -> String,
        _ problem: @autoclosure () -> String
    ) throws(ErdeError) {
        if !condition { throw ErdeError(.badData, subject(), "\(constraint.rawValue): \(problem())") }
    }

    private func valuesExist() throws(ErdeError) {
        let (names, origins) = (graph.values.count, graph.origins.count)
        try require(names == origins, .v1ValuesExist, "graph", "\(names) values, \(origins) origins")
        var references = graph.inputs.map(\.value) + graph.variables.map(\.value) + graph.constants.keys
        for node in graph.nodes { references += node.inputs + node.outputs }
        references += graph.outputs.map(\.value)
        for update in graph.updates { references += [update.variable, update.value] }
        for value in references {
            try require(
                graph.values.indices.contains(value.id), .v1ValuesExist, "graph", "no value \(value.id) among \(names)")
        }
    }

    private func identifiers() throws(ErdeError) {
        for name in graph.values.map(\.name) + graph.outputs.map(\.name) {
            try require(Self.isIdentifier(name), .v2Identifiers, "graph", "\"\(name)\" is not a C90 identifier")
        }
    }

    private func uniqueNames() throws(ErdeError) {
        for (kind, names) in [("values", graph.values.map(\.name)), ("outputs", graph.outputs.map(\.name))] {
            var seen: Set<String> = []
            for name in names {
                try require(seen.insert(name).inserted, .v3UniqueNames, name, "two \(kind) of that name")
            }
        }
    }

    private func origins() throws(ErdeError) {
        var declared: [Value: Graph.Origin] = [:]
        func declare(_ value: Value, _ origin: Graph.Origin) throws(ErdeError) {
            try require(
                declared.updateValue(origin, forKey: value) == nil, .v4Origins, graph.name(of: value), "declared twice")
        }
        for input in graph.inputs { try declare(input.value, .input) }
        for variable in graph.variables { try declare(variable.value, .variable) }
        for value in graph.constants.keys { try declare(value, .constant) }
        for (index, node) in graph.nodes.enumerated() {
            for (position, result) in node.outputs.enumerated() { try declare(result, .node(index, output: position)) }
        }
        for id in graph.values.indices {
            let value = Value(id: id)
            let found = declared[value].map { "\($0)" } ?? "nothing"
            try require(
                declared[value] == graph.origin(of: value), .v4Origins, graph.name(of: value),
                "its origin is \(graph.origin(of: value)), declared as \(found)")
        }
    }

    private func order() throws(ErdeError) {
        for (index, node) in graph.nodes.enumerated() {
            for operand in node.inputs {
                guard case .node(let producer, _) = graph.origin(of: operand) else { continue }
                try require(
                    producer < index, .v5Order, "node \(index) (\(node.op.name))",
                    "operand \(graph.name(of: operand)) is computed later, by node \(producer)")
            }
        }
    }

    private func types() throws(ErdeError) {
        for (index, node) in graph.nodes.enumerated() {
            let subject = "node \(index) (\(node.op.name))"
            let inferred: [TensorType]
            do { inferred = try node.op.inferTypes(node.inputs.map(graph.type(of:))) } catch {
                throw ErdeError(.badData, subject, "\(Constraint.v6Types.rawValue): \(error.problem)")
            }
            let found = node.outputs.map(graph.type(of:))
            try require(found == inferred, .v6Types, subject, "results of types \(found), inferred \(inferred)")
        }
    }

    private func leaves() throws(ErdeError) {
        for (value, tensor) in graph.constants {
            try require(
                tensor.type == graph.type(of: value), .v7Leaves, graph.name(of: value),
                "a \(graph.type(of: value)) that holds \(tensor.type)")
        }
        for variable in graph.variables {
            let type = graph.type(of: variable.value)
            try require(
                type.dataType == .float32 || variable.isTrainable && type.dataType != .uint8, .v7Leaves,
                graph.name(of: variable.value), "a variable of type \(type)")
        }
    }

    private func batch() throws(ErdeError) {
        for input in graph.inputs where input.isBatched {
            let (name, shape) = (graph.name(of: input.value), graph.shape(of: input.value))
            try require(shape.rank > 0, .v8Batch, name, "a batched input without axes")
            try require(
                shape[0] == graph.batch, .v8Batch, name, "batch \(shape[0]) beside a batch of \(graph.batch)")
        }
    }

    private func updates() throws(ErdeError) {
        var updated: Set<Value> = []
        for update in graph.updates {
            let name = graph.name(of: update.variable)
            try require(graph.origin(of: update.variable) == .variable, .v9Updates, name, "updated, but no variable")
            let (old, new) = (graph.type(of: update.variable), graph.type(of: update.value))
            try require(old == new, .v9Updates, name, "a \(old) updated to \(new)")
            try require(updated.insert(update.variable).inserted, .v9Updates, name, "updated twice")
        }
    }

    private static func isIdentifier(_ name: String) -> Bool {
        func isLetter(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "_") || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        }
        guard let first = name.utf8.first, isLetter(first) else { return false }
        return name.utf8.allSatisfy { isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
