package import Diagnostics
package import Tensors

/// Builds a graph value by value; every operator is checked and typed as it is added.
package struct GraphBuilder: Sendable {
    package private(set) var graph = Graph()
    private var names: Set<String> = []
    /// The last number given to a name that was taken.
    private var suffixes: [String: Int] = [:]
    private var scope: [String] = []
    private var salts: UInt32 = 0

    package init() {}

    // MARK: Leaves

    /// A tensor fed at every run; when `isBatched`, axis 0 is the batch.
    package mutating func input(_ name: String, _ type: TensorType, isBatched: Bool = true) -> Value {
        let value = declare(name, type, .input)
        graph.inputs.append(Graph.Input(value: value, isBatched: isBatched))
        return value
    }

    /// A tensor that stays between runs.
    ///
    /// - Parameter dataType: int8 or int32 for quantized weights and biases.
    package mutating func variable(
        _ name: String, _ shape: Shape, role: Variable.Role, dataType: DataType = .float32
    ) -> Value {
        let value = declare(name, TensorType(shape, dataType), .variable)
        graph.variables.append(Variable(value: value, role: role))
        return value
    }

    /// A tensor that never changes.
    package mutating func constant(_ name: String, _ tensor: Tensor) -> Value {
        let value = declare(name, tensor.type, .constant)
        graph.constants[value] = tensor
        return value
    }

    // MARK: Operators

    /// Adds an operator and returns its results.
    ///
    /// - Throws: `ErdeError` of kind `badData`, naming the operator and the shapes, when the operands do not fit.
    package mutating func apply(_ op: Op, _ operands: [Value], name: String? = nil) throws(ErdeError) -> [Value] {
        let label = name ?? op.name
        let types: [TensorType]
        do {
            types = try op.inferTypes(operands.map { graph.type(of: $0) })
        } catch {
            throw ErdeError(.badData, qualified(label), error.problem, remedy: error.remedy)
        }
        let index = graph.nodes.count
        let outputs = types.enumerated().map { position, type in
            declare(position == 0 ? label : "\(label)_\(position)", type, .node(index, output: position))
        }
        graph.nodes.append(Node(op: op, inputs: operands, outputs: outputs))
        return outputs
    }

    /// Adds an operator with one result.
    package mutating func apply(_ op: Op, _ operands: Value..., name: String? = nil) throws(ErdeError) -> Value {
        try apply(op, operands, name: name)[0]
    }

    // MARK: Results

    package mutating func output(_ name: String, _ value: Value) {
        precondition(graph.output(named: name) == nil, "two outputs named \(name)")
        graph.outputs.append(Graph.Output(name: name, value: value))
    }

    /// Makes `variable`, which nothing else updates, take `value` when a run ends.
    package mutating func update(_ variable: Value, to value: Value) {
        precondition(graph.type(of: variable) == graph.type(of: value), "update of \(graph[variable]) to \(graph[value])")
        precondition(graph.origin(of: variable) == .variable, "update of \(graph[variable]), which is no variable")
        precondition(!graph.updates.contains { $0.variable == variable }, "a second update of \(graph[variable])")
        graph.updates.append(Graph.Update(variable: variable, value: value))
    }

    /// A number that tells the dropouts of this graph apart.
    package mutating func nextSalt() -> UInt32 {
        salts += 1
        return salts
    }

    // MARK: Names

    /// Prefixes the names of everything that `body` adds with `name_`.
    package mutating func scoped<Result, Failure: Error>(
        _ name: String, _ body: (inout GraphBuilder) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        scope.append(name)
        defer { scope.removeLast() }
        return try body(&self)
    }

    private func qualified(_ name: String) -> String { (scope + [name]).joined(separator: "_") }

    private mutating func declare(_ name: String, _ type: TensorType, _ origin: Graph.Origin) -> Value {
        let base = qualified(name)
        var unique = base
        while !names.insert(unique).inserted {
            suffixes[base, default: 1] += 1
            unique = "\(base)_\(suffixes[base]!)"
        }
        graph.values.append(ValueInfo(name: unique, type: type))
        graph.origins.append(origin)
        return Value(id: graph.values.count - 1)
    }

    package func type(of value: Value) -> TensorType { graph.type(of: value) }

    package func shape(of value: Value) -> Shape { graph.shape(of: value) }
}
