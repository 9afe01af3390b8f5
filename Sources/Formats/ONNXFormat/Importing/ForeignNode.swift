import Diagnostics
import Graphs

/// One node of a foreign graph with its operands, and its attributes checked as they are read.
struct ForeignNode {
    let node: ONNXNode
    /// By position; nil where an optional input is left out.
    let inputs: [Binding?]
    /// Version of ONNX's operator set that the file was written for.
    let operatorSet: Int64

    /// The operator and the node's name, for messages.
    var label: String {
        let name = node.name.isEmpty ? node.outputs.first ?? "" : node.name
        return "\(printable(node.type)) \(printable(name))"
    }

    func failure(_ problem: String) -> ErdeError { ErdeError(.badData, label, problem) }

    // MARK: Attributes

    private func attribute(_ name: String) -> ONNXAttribute.Value? { node.attributes.first { $0.name == name }?.value }

    func has(_ name: String) -> Bool { attribute(name) != nil }

    func integer(_ name: String, default value: Int) throws(ErdeError) -> Int {
        switch attribute(name) {
        case nil: return value
        case .integer(let number) where -65_536...65_536 ~= number: return Int(number)
        default: throw failure("attribute \(name) is no integer within ±65536")
        }
    }

    func integers(_ name: String) throws(ErdeError) -> [Int]? {
        switch attribute(name) {
        case nil: return nil
        case .integers(let numbers) where numbers.count <= 16: return numbers.map { Int(clamping: $0) }
        default: throw failure("attribute \(name) is no short list of integers")
        }
    }

    /// What an input lists; where there is none, what the attribute lists that older operator sets have instead.
    func integers(_ listed: [Int]?, orAttribute name: String) throws(ErdeError) -> [Int]? {
        if let listed { return listed }
        return try integers(name)
    }

    /// What an input says; where there is none, what the attribute says that older operator sets have instead.
    func float(_ given: Double?, orAttribute name: String, default value: Double) throws(ErdeError) -> Double {
        if let given { return given }
        return try float(name, default: value)
    }

    func float(_ name: String, default value: Double) throws(ErdeError) -> Double {
        switch attribute(name) {
        case nil: return value
        case .float(let number) where number.isFinite: return number.shortestDouble
        default: throw failure("attribute \(name) is no finite number")
        }
    }

    func text(_ name: String, default value: String) throws(ErdeError) -> String {
        switch attribute(name) {
        case nil: return value
        case .text(let text): return text
        default: throw failure("attribute \(name) is no text")
        }
    }

    func tensor(_ name: String) throws(ErdeError) -> ONNXTensor? {
        switch attribute(name) {
        case nil: return nil
        case .tensor(let tensor): return tensor
        default: throw failure("attribute \(name) is no tensor")
        }
    }

    /// Two positive numbers for rows and columns.
    func extent(_ name: String, default value: Extent?) throws(ErdeError) -> Extent {
        guard let numbers = try integers(name) else {
            guard let value else { throw failure("attribute \(name) is missing") }
            return value
        }
        guard numbers.count == 2, numbers.allSatisfy({ 1...65_536 ~= $0 }) else {
            throw failure("attribute \(name) is \(numbers), expected two positive numbers: erde's images have two axes")
        }
        return Extent(height: numbers[0], width: numbers[1])
    }

    // MARK: Inputs

    func hasInput(_ position: Int) -> Bool { position < inputs.count && inputs[position] != nil }

    /// What an input is, computed or known.
    func input(_ position: Int) throws(ErdeError) -> Binding {
        guard position < inputs.count, let input = inputs[position] else { throw failure("input \(position + 1) is missing") }
        return input
    }

    /// An input that must be known before anything runs; nil when it is left out.
    func optionalConstant(_ position: Int, _ role: String) throws(ErdeError) -> ConstantTensor? {
        guard hasInput(position) else { return nil }
        guard case .constant(let tensor) = try input(position) else {
            throw failure("its \(role) is computed from the image, expected a constant")
        }
        return tensor
    }

    /// An input that must be known before anything runs.
    func constant(_ position: Int, _ role: String) throws(ErdeError) -> ConstantTensor {
        guard let tensor = try optionalConstant(position, role) else { throw failure("its \(role) is missing") }
        return tensor
    }

    /// A list of integers among the inputs; nil when it is left out.
    func optionalIntegers(_ position: Int, _ role: String) throws(ErdeError) -> [Int]? {
        guard let tensor = try optionalConstant(position, role) else { return nil }
        guard let numbers = tensor.integers, numbers.count <= 64, tensor.dimensions.count <= 1 else {
            throw failure("its \(role) is no list of integers")
        }
        return numbers.map { Int(clamping: $0) }
    }

    /// A number among the inputs; nil when it is left out.
    func optionalScalar(_ position: Int, _ role: String) throws(ErdeError) -> Double? {
        guard let tensor = try optionalConstant(position, role) else { return nil }
        guard let number = tensor.scalar, !number.isNaN else { throw failure("its \(role) is no number") }
        return number.shortestDouble
    }

    /// An axis counted from the front.
    func axis(_ axis: Int, rank: Int) throws(ErdeError) -> Int {
        let found = axis < 0 ? axis + rank : axis
        guard 0..<rank ~= found else { throw failure("axis \(axis) of a tensor of \(rank) axes") }
        return found
    }

    /// Axes counted from the front, ascending and different.
    func axes(_ axes: [Int], rank: Int) throws(ErdeError) -> [Int] {
        var found: [Int] = []
        for axis in axes { found.append(try self.axis(axis, rank: rank)) }
        found.sort()
        guard Set(found).count == found.count else { throw failure("names an axis twice in \(axes)") }
        return found
    }
}
