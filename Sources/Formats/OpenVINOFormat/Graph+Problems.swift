import Graphs
import Tensors

extension Graph {
    /// What IR cannot hold, in words.
    func problems(_ parameters: Parameters) -> [String] {
        var problems: [String] = []
        for node in nodes {
            if case .refused(let reason) = openVINO(node) {
                problems.append("\(node.op.name) \(name(of: node.outputs[0])): \(reason)")
            }
        }
        if !updates.isEmpty { problems.append("\(updates.count) updates of variables") }
        for variable in variables {
            let name = name(of: variable.value)
            if parameters[name] == nil {
                problems.append("variable \(name) without content")
            } else if let tensor = parameters[name], tensor.type != type(of: variable.value) {
                problems.append("variable \(name) of \(type(of: variable.value)) with content of \(tensor.type)")
            }
        }
        var names: Set<String> = []
        for value in values where !names.insert(value.name).inserted { problems.append("two values named \(value.name)") }
        var roots: Set<Value> = []
        for output in outputs {
            let source = root(output.value)
            if let node = producer(of: source), !isStored(node) {
                if !roots.insert(source).inserted { problems.append("output \(output.name), a second name of one value") }
            } else {
                problems.append("output \(output.name), which nothing computes")
            }
        }
        return problems
    }

    /// Whether a node only says what stored integers stand for.
    private func isStored(_ node: Node) -> Bool {
        if case .stored = openVINO(node) { true } else { false }
    }

    /// The value that a value is, without the operators that only pass it on.
    func root(_ value: Value) -> Value {
        guard let node = producer(of: value), case .alias = openVINO(node) else { return value }
        return root(node.inputs[0])
    }

    /// The tensor that a value is stored as; nil when it is fed or computed.
    func content(of value: Value, _ parameters: Parameters) -> Tensor? {
        switch origin(of: value) {
        case .variable: parameters[name(of: value)]
        case .constant: constants[value]
        case .input, .node: nil
        }
    }
}
