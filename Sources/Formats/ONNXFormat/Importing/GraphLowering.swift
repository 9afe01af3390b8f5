import Diagnostics
import Graphs
import Tensors

/// Makes a graph of erde's operators from an ONNX graph of anyone's.
///
/// Nodes that depend on constants alone are computed at once; the others become one operator of erde's or several. What
/// cannot be made is noted and the rest goes on, so that everything that is missing is named together.
struct GraphLowering {
    /// Extents and counts beyond these are no classifier's.
    static let largestExtent = 65_536
    static let largestCount = 1 << 31
    static let largestNodeCount = 100_000

    let subject: String
    let operatorSet: Int64
    var builder: GraphBuilder
    var parameters = Parameters()
    /// Node and reason, in file order.
    private(set) var problems: [String] = []
    /// Operators that erde does not have, by name: the first node of each, and how many there are.
    private var unknown: [String: (first: ONNXNode, count: Int)] = [:]
    private var bindings: [String: Binding] = [:]
    /// Stored tensors of types that erde does not read.
    private var unread: Set<String> = []
    /// Images of the batch that the graph is built for: axis 0 of everything computed.
    private let batch: Int
    /// How many nodes and outputs of the file read each name.
    private var readers: [String: Int] = [:]
    /// Images with a border below every number, and what they are without it.
    var borders: [Value: (image: Value, padding: Padding)] = [:]
    /// Elements of constants that may still be computed: many times what the file stores.
    private var elementsLeft: Int
    /// Variables and constants made of stored tensors, so that each is made once.
    private var leaves: [Leaf: Value] = [:]

    private struct Leaf: Hashable {
        let tensor: ConstantTensor
        let role: Variable.Role?
    }

    private init(_ graph: ONNXGraph, operatorSet: Int64, builder: GraphBuilder, input: Value, subject: String) {
        elementsLeft = (1 << 25) + 8 * graph.initializers.reduce(0) { $0 + $1.elements.count }
        self.subject = subject
        self.operatorSet = operatorSet
        self.builder = builder
        batch = builder.shape(of: input).dimensions.first ?? 1
        for node in graph.nodes {
            for name in node.inputs { readers[name, default: 0] += 1 }
        }
        for output in graph.outputs { readers[output.name, default: 0] += 1 }
    }

    /// - Parameters:
    ///   - builder: holds `input` and whatever makes it.
    ///   - input: what the graph's input of the name `inputName` is.
    /// - Throws: `ErdeError` of kind `badData` that names every node that cannot be lowered.
    static func graph(
        _ graph: ONNXGraph, operatorSet: Int64, builder: GraphBuilder, input: Value, named inputName: String, subject: String
    ) throws(ErdeError) -> LoweredGraph {
        guard graph.nodes.count <= largestNodeCount else {
            throw ErdeError(.badData, subject, "has \(graph.nodes.count) nodes, expected at most \(largestNodeCount)")
        }
        var lowering = GraphLowering(graph, operatorSet: operatorSet, builder: builder, input: input, subject: subject)
        try lowering.readInitializers(graph)
        guard lowering.bindings.updateValue(.value(input), forKey: inputName) == nil else {
            throw ErdeError(.badData, subject, "two values are named \(printable(inputName))")
        }
        for node in graph.nodes { lowering.read(node) }
        return try lowering.finished(graph)
    }

    // MARK: Reading

    private mutating func readInitializers(_ graph: ONNXGraph) throws(ErdeError) {
        for tensor in graph.initializers {
            guard bindings[tensor.name] == nil else {
                throw ErdeError(.badData, subject, "two tensors are named \(printable(tensor.name))")
            }
            let found = binding(of: tensor, named: tensor.name)
            if case .failed = found { unread.insert(tensor.name) }
            bindings[tensor.name] = found
        }
    }

    /// A stored tensor; one of a type that erde does not read fails only who reads it.
    func binding(of tensor: ONNXTensor, named name: String) -> Binding {
        switch tensor.elements {
        case .floats(let numbers):
            .constant(ConstantTensor(name: name, dimensions: tensor.dimensions, elements: .floats(numbers)))
        case .integers(let numbers):
            .constant(
                ConstantTensor(
                    name: name, dimensions: tensor.dimensions, elements: .integers(numbers), integerType: tensor.integerType))
        case .int8, .uint8, .int32, .other: .failed
        }
    }

    private mutating func read(_ node: ONNXNode) {
        let outputs = node.outputs
        var results: [Binding] = []
        if LoweringTable.knows(node.operatorName) {
            do throws(ErdeError) {
                results = try lower(node)
            } catch {
                note(error.subject == subject ? error.problem : "\(error.subject): \(error.problem)")
            }
        } else {
            // Counted even behind a node that failed, where nothing else is complained of.
            unknown[node.operatorName, default: (node, 0)].count += 1
        }
        for (position, name) in outputs.enumerated() where !name.isEmpty {
            let result = position < results.count ? results[position] : .failed
            if bindings.updateValue(result, forKey: name) != nil {
                note("\(printable(node.type)): two values are named \(printable(name))")
            }
        }
    }

    private mutating func note(_ problem: String) {
        if !problem.isEmpty && !problems.contains(problem) { problems.append(problem) }
    }

    /// Each operator that erde does not have, by name.
    private var unknownOperators: [String] {
        unknown.sorted { $0.key < $1.key }.map { _, nodes in
            let label = ForeignNode(node: nodes.first, inputs: [], operatorSet: operatorSet).label
            let others = nodes.count > 1 ? " and \(nodes.count - 1) more" : ""
            let reason =
                nodes.first.isStandard
                ? "erde has no operator for it"
                : "operators of the domain \(printable(nodes.first.domain)) are unknown to erde"
            return "\(label)\(others): \(reason)"
        }
    }

    /// The results of a node; none when an operand failed, which has been noted.
    private mutating func lower(_ node: ONNXNode) throws(ErdeError) -> [Binding] {
        var inputs: [Binding?] = []
        for name in node.inputs {
            guard !name.isEmpty else {
                inputs.append(nil)
                continue
            }
            guard let binding = bindings[name] else {
                throw ErdeError(
                    .badData, "\(printable(node.type)) \(printable(node.name.isEmpty ? node.outputs.first ?? "" : node.name))",
                    "reads \(printable(name)), which nothing before it computes and no tensor holds")
            }
            if unread.contains(name) {
                throw ErdeError(
                    .badData, printable(node.type), "reads \(printable(name)), a tensor of a type that erde does not read")
            }
            if case .failed = binding { return [] }
            inputs.append(binding)
        }
        let foreign = ForeignNode(node: node, inputs: inputs, operatorSet: operatorSet)
        if let folded = try foldedConstants(foreign) { return folded }
        guard let rule = LoweringTable.rules[node.type] else {
            throw ErdeError(.badData, foreign.label, "erde has no operator for it")
        }
        guard inputs.contains(where: { $0.isValue }) else {
            throw foreign.failure("computes with constants in a way that erde does not know")
        }
        let results = try rule(&self, foreign)
        for case .value(let value) in results {
            let shape = builder.shape(of: value)
            guard shape.rank <= 8, shape.dimensions.allSatisfy({ 1...Self.largestExtent ~= $0 }),
                let count = shape.dimensions.elementCount, count <= Self.largestCount
            else {
                throw foreign.failure("gives a tensor of the impossible shape \(shape)")
            }
            guard shape.rank > 0, shape[0] == batch else {
                throw foreign.failure("gives a tensor of shape \(shape): it mixes the images of a batch")
            }
        }
        return results
    }

    /// Counts elements of computed constants, so that a small file cannot ask for endless memory.
    mutating func spend(_ count: Int, _ node: ForeignNode) throws(ErdeError) {
        elementsLeft -= count
        guard elementsLeft >= 0 else { throw node.failure("computes more constants than any network needs") }
    }

    private func finished(_ graph: ONNXGraph) throws(ErdeError) -> LoweredGraph {
        let problems = unknownOperators + problems
        guard problems.isEmpty else {
            let listed = problems.prefix(20).joined(separator: "; ")
            let more = problems.count > 20 ? "; and \(problems.count - 20) more" : ""
            throw ErdeError(
                .badData, subject, "cannot be taken over: \(listed)\(more)",
                remedy: "see docs/import.md for what erde reads")
        }
        var outputs: [(name: String, binding: Binding)] = []
        for output in graph.outputs {
            guard let binding = bindings[output.name], !unread.contains(output.name) else {
                throw ErdeError(.badData, subject, "nothing computes output \(printable(output.name))")
            }
            outputs.append((output.name, binding))
        }
        guard !outputs.isEmpty else { throw ErdeError(.badData, subject, "has no outputs") }
        return LoweredGraph(builder: builder, parameters: parameters, outputs: outputs)
    }

    // MARK: Making values

    func shape(_ value: Value) -> [Int] { builder.shape(of: value).dimensions }

    /// Whether nothing else reads an input of a node.
    func isOnlyReader(_ node: ForeignNode, of position: Int) -> Bool { readers[node.node.inputs[position]] == 1 }

    /// Adds an operator; its name is the node's first result.
    mutating func apply(_ op: Op, _ operands: Value..., node: ForeignNode) throws(ErdeError) -> Value {
        try apply(op, operands, node: node)
    }

    mutating func apply(_ op: Op, _ operands: [Value], node: ForeignNode) throws(ErdeError) -> Value {
        do {
            return try builder.apply(op, operands, name: (node.node.outputs.first ?? "").identifier)[0]
        } catch {
            throw node.failure(error.problem)
        }
    }

    /// A learned tensor as a variable.
    mutating func variable(_ tensor: ConstantTensor, role: Variable.Role) -> Value {
        let leaf = Leaf(tensor: tensor, role: role)
        if let made = leaves[leaf] { return made }
        let value = builder.variable(tensor.name.identifier, Shape(tensor.dimensions), role: role)
        parameters[builder.graph.name(of: value)] = tensor.tensor
        leaves[leaf] = value
        return value
    }

    /// A tensor that stays what it is.
    mutating func constant(_ tensor: ConstantTensor) -> Value {
        let leaf = Leaf(tensor: tensor, role: nil)
        if let made = leaves[leaf] { return made }
        let value = builder.constant(tensor.name.identifier, tensor.tensor)
        leaves[leaf] = value
        return value
    }

    /// A number that stays what it is.
    mutating func constant(_ number: Double) -> Value {
        constant(ConstantTensor(name: "number", dimensions: [], elements: .floats([Float(number)])))
    }

    /// An input as a value; what is known becomes a constant of the graph.
    mutating func value(_ position: Int, of node: ForeignNode) throws(ErdeError) -> Value {
        switch try node.input(position) {
        case .value(let value): return value
        case .constant(let tensor):
            guard tensor.dimensions.allSatisfy({ $0 > 0 }) else { throw node.failure("an operand has no elements") }
            return constant(tensor)
        case .failed: throw node.failure("an operand is missing")
        }
    }

    /// An input that a run computes.
    func computed(_ position: Int, of node: ForeignNode) throws(ErdeError) -> Value {
        guard case .value(let value) = try node.input(position) else {
            throw node.failure("operand \(position + 1) is a constant, expected something computed from the image")
        }
        return value
    }

    /// An image `[N, C, H, W]` among the inputs.
    func image(_ position: Int, of node: ForeignNode) throws(ErdeError) -> Value {
        let value = try computed(position, of: node)
        guard shape(value).count == 4 else {
            throw node.failure("works on a tensor of shape \(Shape(shape(value))), expected images [N, C, H, W]")
        }
        return value
    }
}

extension Binding? {
    fileprivate var isValue: Bool {
        if case .value = self { return true }
        return false
    }
}
