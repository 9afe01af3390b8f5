package import Tensors

/// Contents of a graph's variables, by name.
package struct Parameters: Hashable, Sendable {
    package var tensors: [String: Tensor]

    package init(_ tensors: [String: Tensor] = [:]) { self.tensors = tensors }

    package subscript(name: String) -> Tensor? {
        get { tensors[name] }
        set { tensors[name] = newValue }
    }

    /// The number of scalars in all tensors.
    package var scalarCount: Int { tensors.values.reduce(0) { $0 + $1.shape.count } }
}
