package import Tensors

/// A static graph of operators in topological order, with typed values.
///
/// A graph is pure structure: variables' contents are kept apart, by name, in `Parameters`. It is made by `GraphBuilder`
/// and changed by rewrites, each a function from graph to graph.
package struct Graph: Sendable {
    /// A tensor fed at every run.
    package struct Input: Hashable, Sendable {
        package let value: Value
        /// Whether axis 0 is the batch.
        package let isBatched: Bool

        package init(value: Value, isBatched: Bool) {
            self.value = value
            self.isBatched = isBatched
        }
    }

    /// A named result.
    package struct Output: Hashable, Sendable {
        package let name: String
        package let value: Value

        package init(name: String, value: Value) {
            self.name = name
            self.value = value
        }
    }

    /// What a variable becomes when the run ends.
    package struct Update: Hashable, Sendable {
        package let variable: Value
        package let value: Value

        package init(variable: Value, value: Value) {
            self.variable = variable
            self.value = value
        }
    }

    /// Where a value comes from.
    package enum Origin: Hashable, Sendable {
        case input
        case variable
        case constant
        /// Output `output` of node `node`.
        case node(Int, output: Int)
    }

    package internal(set) var values: [ValueInfo] = []
    package internal(set) var inputs: [Input] = []
    package internal(set) var variables: [Variable] = []
    package internal(set) var constants: [Value: Tensor] = [:]
    package internal(set) var nodes: [Node] = []
    package internal(set) var outputs: [Output] = []
    package internal(set) var updates: [Update] = []
    package internal(set) var origins: [Origin] = []

    init() {}

    /// Puts a graph together from its parts as they are. Nothing is checked: that is `GraphVerifier`'s work.
    package init(
        unverified values: [ValueInfo], origins: [Origin], inputs: [Input] = [], variables: [Variable] = [],
        constants: [Value: Tensor] = [:], nodes: [Node] = [], outputs: [Output] = [], updates: [Update] = []
    ) {
        self.values = values
        self.origins = origins
        self.inputs = inputs
        self.variables = variables
        self.constants = constants
        self.nodes = nodes
        self.outputs = outputs
        self.updates = updates
    }

    package subscript(value: Value) -> ValueInfo { values[value.id] }

    package func type(of value: Value) -> TensorType { values[value.id].type }

    package func shape(of value: Value) -> Shape { values[value.id].type.shape }

    package func name(of value: Value) -> String { values[value.id].name }

    package func origin(of value: Value) -> Origin { origins[value.id] }

    /// The node that computes `value`, nil for inputs, variables and constants.
    package func producer(of value: Value) -> Node? {
        guard case .node(let index, _) = origins[value.id] else { return nil }
        return nodes[index]
    }

    /// Indices of the nodes that read each value, by value id.
    package func consumers() -> [[Int]] {
        var readers = [[Int]](repeating: [], count: values.count)
        for (index, node) in nodes.enumerated() {
            for input in Set(node.inputs) { readers[input.id].append(index) }
        }
        return readers
    }

    package func input(named name: String) -> Input? { inputs.first { self.name(of: $0.value) == name } }

    package func output(named name: String) -> Output? { outputs.first { $0.name == name } }
}
