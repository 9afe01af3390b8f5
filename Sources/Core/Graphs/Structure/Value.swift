package import Tensors

/// A value of one graph: the place of a tensor, not its content.
package struct Value: Hashable, Sendable {
    package let id: Int

    package init(id: Int) { self.id = id }
}

/// What is known of a value before the graph runs.
package struct ValueInfo: Hashable, Sendable {
    /// A C90 identifier, unique in its graph.
    package var name: String
    package var type: TensorType

    package init(name: String, type: TensorType) {
        self.name = name
        self.type = type
    }
}
