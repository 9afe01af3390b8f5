import Graphs

/// Nodes and constants of a graph under construction, with names that no other value has.
///
/// A subgraph is built in the same list: it sees the values outside it, and its names differ from theirs.
struct NodeList {
    private(set) var nodes: [ONNXNode] = []
    private(set) var initializers: [ONNXTensor] = []
    /// Every name in use, in all scopes.
    private var names: Set<String>
    /// The graphs around the one under construction.
    private var outer: [(nodes: [ONNXNode], initializers: [ONNXTensor])] = []

    /// - Parameter names: names that are taken or kept for other values.
    init(avoiding names: Set<String>) { self.names = names }

    /// Adds a node with one result, whose name is `name` or begins with it, and returns that name.
    mutating func add(
        _ type: String, _ inputs: String..., named name: String, attributes: [ONNXAttribute] = []
    ) -> String {
        let output = unused(name, &names)
        append(ONNXNode(type: type, name: output, inputs: inputs, outputs: [output], attributes: attributes))
        return output
    }

    /// A name for a value, in no other use.
    mutating func unusedName(_ base: String) -> String { unused(base, &names) }

    /// Adds a node as it is; its names are known to be in no other use.
    mutating func append(_ node: ONNXNode) { nodes.append(node) }

    /// Adds tensors as they are.
    mutating func append(_ tensors: [ONNXTensor]) { initializers += tensors }

    /// A constant of integers: a list, or a scalar of rank 0.
    mutating func constant(_ name: String, list values: [Int]) -> String {
        constant(name, [values.count], .integers(values.map(Int64.init)))
    }

    mutating func constant(_ name: String, scalar value: Int) -> String {
        constant(name, [], .integers([Int64(value)]))
    }

    mutating func constant(_ name: String, scalar value: Double) -> String {
        constant(name, [], .floats([Float(value)]))
    }

    private mutating func constant(_ name: String, _ dimensions: [Int], _ elements: ONNXTensor.Elements) -> String {
        let name = unused(name, &names)
        initializers.append(ONNXTensor(name: name, dimensions: dimensions, elements: elements))
        return name
    }

    // MARK: Subgraphs

    /// What is added from now on belongs to a subgraph.
    mutating func beginSubgraph() {
        outer.append((nodes, initializers))
        (nodes, initializers) = ([], [])
    }

    /// The subgraph begun last; what is added from now on belongs to the graph around it.
    mutating func endSubgraph(_ name: String, outputs: [ONNXValueInfo]) -> ONNXGraph {
        let graph = ONNXGraph(name: name, nodes: nodes, initializers: initializers, inputs: [], outputs: outputs)
        if let around = outer.popLast() { (nodes, initializers) = around }
        return graph
    }
}
