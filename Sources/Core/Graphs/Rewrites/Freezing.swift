import Tensors

extension Graph {
    /// The same graph with some variables frozen: no gradient is taken with respect to them any more.
    ///
    /// - Parameter names: of the variables.
    package func freezing(_ names: Set<String>) -> Graph {
        var copy = self
        copy.variables = variables.map { variable in
            names.contains(name(of: variable.value)) && variable.isTrainable
                ? Variable(value: variable.value, role: .statistic) : variable
        }
        return copy
    }

    /// Values that a step of training changes: all that depend on a trainable variable.
    func valuesThatLearn() -> Set<Value> {
        var learning = Set(variables.filter(\.isTrainable).map(\.value))
        for node in nodes where node.inputs.contains(where: learning.contains) { learning.formUnion(node.outputs) }
        return learning
    }
}
