import Diagnostics

extension GraphLowering {
    /// The results of a node that depends on nothing but constants and shapes; nil when it has to be run.
    mutating func foldedConstants(_ node: ForeignNode) throws(ErdeError) -> [Binding]? {
        let name = node.node.outputs.first ?? ""
        switch node.node.type {
        case "Constant":
            return [try storedConstant(node, named: name)]
        case "Shape", "Size":
            let extents: [Int]
            switch try node.input(0) {
            case .value(let value): extents = shape(value)
            case .constant(let tensor): extents = tensor.dimensions
            case .failed: return nil
            }
            if node.node.type == "Size" {
                let count = ConstantTensor(name: name, dimensions: [], elements: .integers([Int64(extents.reduce(1, *))]))
                return [.constant(count)]
            }
            let start = try node.integer("start", default: 0)
            let end = try node.integer("end", default: extents.count)
            func clamped(_ place: Int) -> Int { min(max(place < 0 ? place + extents.count : place, 0), extents.count) }
            let range = clamped(start)..<max(clamped(start), clamped(end))
            return [.constant(ConstantTensor(name: name, integers: extents[range].map { Int64($0) }))]
        default:
            break
        }
        var operands: [ConstantTensor?] = []
        for input in node.inputs {
            switch input {
            case nil: operands.append(nil)
            case .constant(let tensor): operands.append(tensor)
            case .value, .failed: return nil
            }
        }
        guard !operands.isEmpty, let results = try ConstantFolding(node: node, operands: operands).results() else { return nil }
        try spend(results.reduce(0) { $0 + $1.count }, node)
        return results.enumerated().map { position, result in
            var named = result
            // Whatever is merely brought into another form keeps the name that people know it by.
            if result.name.isEmpty, position < node.node.outputs.count { named.name = node.node.outputs[position] }
            return .constant(named)
        }
    }

    private func storedConstant(_ node: ForeignNode, named name: String) throws(ErdeError) -> Binding {
        if let tensor = try node.tensor("value") {
            let found = binding(of: tensor, named: name)
            guard case .constant = found else { throw node.failure("holds elements of a type that erde does not read") }
            return found
        }
        for attribute in node.node.attributes {
            switch (attribute.name, attribute.value) {
            case ("value_float", .float(let number)):
                return .constant(ConstantTensor(name: name, dimensions: [], elements: .floats([number])))
            case ("value_int", .integer(let number)):
                return .constant(ConstantTensor(name: name, dimensions: [], elements: .integers([number])))
            case ("value_floats", .floats(let numbers)):
                return .constant(ConstantTensor(name: name, dimensions: [numbers.count], elements: .floats(numbers)))
            case ("value_ints", .integers(let numbers)):
                return .constant(ConstantTensor(name: name, integers: numbers))
            default: continue
            }
        }
        throw node.failure("holds no tensor of numbers")
    }
}
