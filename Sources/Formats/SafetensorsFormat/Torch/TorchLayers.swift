import Artifacts
import Diagnostics
import Graphs
import Tensors

/// The layers, tensors and straight-line code of a model in PyTorch's words.
struct TorchLayers {
    /// A module with tensors of its own.
    struct Layer {
        let path: String
        let constructor: String
    }

    /// The layers in order.
    private(set) var layers: [Layer] = []
    /// Constants of the graph: paths and shapes.
    private(set) var buffers: [(path: String, shape: [Int])] = []
    /// All tensors by the names of a state_dict.
    private(set) var tensors: [String: SafetensorsFile.Content] = [:]
    /// Per segment: what it reads, what it gives (its logits first), what later segments read, its lines.
    private(set) var segments: [(reads: [String], gives: [String], keeps: [String], lines: [String])] = []

    /// The layer of each node and the buffer of each constant, by the value's name.
    private var paths: [String: String] = [:]
    private let graph: Graph
    private let parameters: Parameters

    /// - Throws: `ErdeError` of kind `badData` that lists everything PyTorch cannot hold.
    init(_ model: Model) throws(ErdeError) {
        graph = model.graph
        parameters = model.parameters
        var problems: [String] = []
        let table = TorchTable(graph: graph)
        for node in graph.nodes {
            let placeholders = node.inputs.map { graph.name(of: $0) }
            switch table.row(node, placeholders) {
            case .layer(let constructor, let names): problems += add(node, constructor, names)
            case .expression: problems += expressed(node)
            case .refused(let reason): problems.append("\(label(node)): \(reason)")
            }
        }
        for (value, tensor) in graph.constants.sorted(by: { $0.key.id < $1.key.id }) {
            let path = TorchName.path(graph.name(of: value)).replacing(".", with: "_")
            paths[graph.name(of: value)] = path
            buffers.append((path, tensor.shape.dimensions))
            tensors[path] = .tensor(tensor)
        }
        problems += clashes()
        guard problems.isEmpty else {
            throw ErdeError(
                .badData, "model", "cannot be written for PyTorch: " + problems.joined(separator: "; "),
                remedy: "export it as ONNX")
        }
        for segment in graph.exitSegments() { segments.append(code(of: segment)) }
    }

    private func label(_ node: Node) -> String { "\(node.op.name) \(graph.name(of: node.outputs[0]))" }

    /// Adds a layer and its tensors; what is in the way, in words.
    private mutating func add(_ node: Node, _ constructor: String, _ names: [String]) -> [String] {
        let owned = node.inputs.dropFirst()
        guard owned.allSatisfy({ graph.origin(of: $0) == .variable }) else {
            return ["\(label(node)): its tensors are computed"]
        }
        let first = owned.first.map { graph.name(of: $0) } ?? graph.name(of: node.outputs[0])
        let suffix = ["_weight", "_scale"].first { first.hasSuffix($0) } ?? ""
        let path = TorchName.path(owned.isEmpty ? first : String(first.dropLast(suffix.count)))
        paths[graph.name(of: node.outputs[0])] = path
        layers.append(Layer(path: path, constructor: constructor))
        for (operand, name) in zip(owned, names) {
            guard let tensor = parameters[graph.name(of: operand)] else {
                return ["variable \(graph.name(of: operand)) without content"]
            }
            tensors["\(path).\(name)"] = .tensor(tensor)
        }
        if case .batchNormalization = node.op { tensors["\(path).num_batches_tracked"] = .integer(0) }
        return []
    }

    /// What keeps an expression from being written: a variable that no layer owns.
    private func expressed(_ node: Node) -> [String] {
        let loose = node.inputs.filter { graph.origin(of: $0) == .variable }
        return loose.map { "\(label(node)): variable \(graph.name(of: $0)) belongs to no layer" }
    }

    /// Layers whose paths are in each other's way.
    private func clashes() -> [String] {
        let all = layers.map(\.path) + buffers.map(\.path)
        var seen: Set<String> = []
        var problems: [String] = []
        for path in all where !seen.insert(path).inserted { problems.append("two layers named \(path)") }
        for path in all {
            let parts = path.split(separator: ".")
            for length in 1..<max(1, parts.count) {
                let prefix = parts.prefix(length).joined(separator: ".")
                if seen.contains(prefix) { problems.append("layer \(path) inside layer \(prefix)") }
            }
        }
        return problems
    }

    private func code(
        of segment: ExitSegment
    ) -> (reads: [String], gives: [String], keeps: [String], lines: [String]) {
        let part = segment.graph
        let table = TorchTable(graph: part)
        func variable(_ value: Value) -> String {
            let name = part.name(of: value)
            if part.origin(of: value) == .constant, let path = paths[name] { return TorchName.reference(path) }
            return TorchName.variable(name)
        }
        var lines: [String] = []
        for node in part.nodes {
            let operands = node.inputs.map(variable)
            let right: String
            switch table.row(node, operands) {
            case .layer: right = "\(TorchName.reference(paths[part.name(of: node.outputs[0])] ?? ""))(\(operands[0]))"
            case .expression(let text): right = text
            case .refused(let reason): preconditionFailure("\(node.op.name) was refused before: \(reason)")
            }
            lines.append("\(variable(node.outputs[0])) = \(right)")
        }
        return (
            part.inputs.map { part.name(of: $0.value) }, part.outputs.map { part.name(of: $0.value) }, segment.liveAfter,
            lines
        )
    }
}
