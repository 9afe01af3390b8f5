import Diagnostics
import Graphs
import Tensors

/// Reads an ONNX graph, node by node, through a `GraphBuilder`: whatever does not fit is an error, never a wrong graph.
struct GraphImport {
    private let subject: String
    private let initializers: [String: ONNXTensor]
    private let roles: [String: Variable.Role]
    private var builder = GraphBuilder()
    private var values: [String: Value] = [:]
    private var parameters = Parameters()

    /// The graph with a batch of 1, and the contents of its variables.
    ///
    /// - Throws: `ErdeError` of kind `badData` for the first thing that is wrong.
    static func graph(
        _ graph: ONNXGraph, subject: String
    ) throws(ErdeError) -> (graph: Graph, parameters: Parameters) {
        var initializers: [String: ONNXTensor] = [:]
        for tensor in graph.initializers where initializers.updateValue(tensor, forKey: tensor.name) != nil {
            throw ErdeError(.badData, subject, "two initializers are named \(printable(tensor.name))")
        }
        var reading = GraphImport(
            subject: subject, initializers: initializers, roles: try roles(graph, subject: subject))
        try reading.read(graph)
        return (reading.builder.graph, reading.parameters)
    }

    private init(subject: String, initializers: [String: ONNXTensor], roles: [String: Variable.Role]) {
        self.subject = subject
        self.initializers = initializers
        self.roles = roles
    }

    private func failure(_ problem: String) -> ErdeError { ErdeError(.badData, subject, problem) }

    /// What each initializer is for, by who reads it; the first reader with an opinion decides.
    private static func roles(_ graph: ONNXGraph, subject: String) throws(ErdeError) -> [String: Variable.Role] {
        var roles: [String: Variable.Role] = [:]
        var unknown: [String] = []
        for node in graph.nodes {
            guard node.domain.isEmpty || node.domain == "ai.onnx", let row = OperatorTable.row(forType: node.type) else {
                let type = printable(node.domain.isEmpty ? node.type : "\(node.domain).\(node.type)")
                if !unknown.contains(type) { unknown.append(type) }
                continue
            }
            for (position, role) in row.roles where position < node.inputs.count {
                let name = node.inputs[position]
                if roles[name] == nil { roles[name] = role }
            }
        }
        guard unknown.isEmpty else {
            let names = unknown.prefix(8).joined(separator: ", ") + (unknown.count > 8 ? " …" : "")
            throw ErdeError(
                .badData, subject, "has operators that erde does not know: \(names)",
                remedy: "give a convolutional classifier of standard operators")
        }
        return roles
    }

    private mutating func read(_ graph: ONNXGraph) throws(ErdeError) {
        for info in graph.inputs where initializers[info.name] == nil { try readInput(info) }
        // A tensor that no node reads as an operand is a constant of the node itself, such as a dropout's ratio.
        var operands: Set<String> = []
        for node in graph.nodes {
            guard let row = OperatorTable.row(forType: node.type) else { continue }
            operands.formUnion(node.inputs.prefix(row.operands.upperBound))
        }
        for tensor in graph.initializers where operands.contains(tensor.name) {
            guard let content = tensor.tensor else { continue }
            try readInitializer(tensor, content)
        }
        for node in graph.nodes { try readNode(node) }
        guard !graph.outputs.isEmpty else { throw failure("has no outputs") }
        for output in graph.outputs {
            guard let value = values[output.name] else {
                throw failure("nothing computes output \(printable(output.name))")
            }
            guard builder.graph.output(named: output.name) == nil else {
                throw failure("two outputs are named \(printable(output.name))")
            }
            builder.output(output.name, value)
        }
    }

    /// Extents beyond this are no image; it also keeps every product far from overflow.
    private static let largestExtent: Int64 = 65_536
    private static let largestCount = 1 << 31

    private mutating func readInput(_ info: ONNXValueInfo) throws(ErdeError) {
        let label = "input \(printable(info.name))"
        guard info.elementType == 1 else {
            throw failure("\(label) has ONNX element type \(info.elementType ?? 0), expected 1 (float)")
        }
        guard let shape = info.shape, 1...8 ~= shape.count else {
            throw failure("\(label) has no shape of 1 to 8 axes")
        }
        var extents = [1]
        for dimension in shape.dropFirst() {
            guard case .fixed(let extent) = dimension, 1...Self.largestExtent ~= extent else {
                throw failure("\(label) has an extent that is not 1…\(Self.largestExtent) behind the batch")
            }
            extents.append(Int(extent))
        }
        try requireNew(info.name)
        try requireSize(Shape(extents), label)
        values[info.name] = builder.input(info.name, TensorType(Shape(extents)))
    }

    private mutating func readInitializer(_ tensor: ONNXTensor, _ content: Tensor) throws(ErdeError) {
        try requireNew(tensor.name)
        if var role = roles[tensor.name] {
            // Of quantized tensors, biases are the wide ones.
            if content.dataType == .int32 { role = .bias }
            values[tensor.name] = builder.variable(tensor.name, content.shape, role: role, dataType: content.dataType)
            parameters[tensor.name] = content
        } else {
            values[tensor.name] = builder.constant(tensor.name, content)
        }
    }

    private mutating func readNode(_ node: ONNXNode) throws(ErdeError) {
        let label = "\(printable(node.type)) \(printable(node.outputs.first ?? node.name))"
        guard let row = OperatorTable.row(forType: node.type) else { throw failure("\(label) is unknown") }
        for attribute in node.attributes where !row.attributes.contains(attribute.name) {
            throw failure("\(label): attribute \(printable(attribute.name)) is not understood")
        }
        guard node.outputs.contains(where: { !$0.isEmpty }), node.outputs.dropFirst().allSatisfy(\.isEmpty) else {
            throw failure("\(label) has \(node.outputs.count) outputs, expected 1")
        }
        var operands: [Value] = []
        for name in node.inputs.prefix(row.operands.upperBound) where !name.isEmpty {
            guard let value = values[name] else {
                throw failure("\(label) reads \(printable(name)), which nothing before it computes and no tensor holds")
            }
            operands.append(value)
        }
        guard row.operands.contains(operands.count) else {
            throw failure("\(label) has \(operands.count) operands, expected \(row.operands.lowerBound)")
        }
        let type = builder.type(of: operands[0])
        let op = try row.decode(
            NodeReader(
                subject: subject, node: node, shape: type.shape, dataType: type.dataType, initializers: initializers))
        try requireNew(node.outputs[0])
        do {
            let value = try builder.apply(op, operands, name: node.outputs[0])[0]
            try requireSize(builder.shape(of: value), label)
            values[node.outputs[0]] = value
        } catch {
            throw failure(error.subject == subject ? error.problem : "\(label): \(error.problem)")
        }
    }

    /// Refuses a name that is taken or cannot be one of erde's.
    private func requireNew(_ name: String) throws(ErdeError) {
        guard values[name] == nil else { throw failure("two values are named \(printable(name))") }
        guard name.isC90Identifier else { throw failure("\(printable(name)) is no C90 identifier") }
    }

    private func requireSize(_ shape: Shape, _ label: String) throws(ErdeError) {
        guard shape.rank <= 8, let count = shape.dimensions.elementCount, count <= Self.largestCount else {
            throw failure("\(label) has a shape of impossible size")
        }
    }
}
