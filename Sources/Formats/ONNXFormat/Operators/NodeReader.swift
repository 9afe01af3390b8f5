import Diagnostics
import Graphs
import Tensors

/// Reads the attributes and constant inputs of one node, checked.
struct NodeReader: ~Copyable {
    /// What errors are about: the file.
    let subject: String
    let node: ONNXNode
    /// The shape of the first operand, checked to have a countable number of elements.
    let shape: Shape
    /// The element type of the first operand.
    let dataType: DataType
    /// The stored tensors of the graph, by name.
    let initializers: [String: ONNXTensor]

    private var rank: Int { shape.rank }

    /// The elements of one image or row: all extents but the first, multiplied.
    var featureCount: Int { shape.dimensions.dropFirst().reduce(1, *) }

    /// The node in messages.
    var label: String { "\(printable(node.type)) \(printable(node.outputs.first ?? node.name))" }

    func failure(_ problem: String) -> ErdeError { ErdeError(.badData, subject, "\(label): \(problem)") }

    /// Attribute values larger than this are no window, stride or padding of any real network.
    private static let limit: Int64 = 65_536

    private func attribute(_ name: String) -> ONNXAttribute.Value? {
        node.attributes.first { $0.name == name }?.value
    }

    func integer(_ name: String, default value: Int) throws(ErdeError) -> Int {
        switch attribute(name) {
        case nil: return value
        case .integer(let number) where abs(clamping: number) <= Self.limit: return Int(number)
        default: throw failure("attribute \(name) is no integer within ±\(Self.limit)")
        }
    }

    /// A list of `count` integers in `lower...65536`.
    func integers(_ name: String, count: Int, atLeast lower: Int64, default value: [Int]?) throws(ErdeError) -> [Int] {
        switch attribute(name) {
        case nil:
            guard let value else { throw failure("attribute \(name) is missing") }
            return value
        case .integers(let numbers) where numbers.count == count && numbers.allSatisfy { lower...Self.limit ~= $0 }:
            return numbers.map { Int($0) }
        default: throw failure("attribute \(name) is no list of \(count) integers in \(lower)…\(Self.limit)")
        }
    }

    func float(_ name: String, default value: Double) throws(ErdeError) -> Double {
        switch attribute(name) {
        case nil: return value
        case .float(let number) where number.isFinite: return number.shortestDouble
        default: throw failure("attribute \(name) is no finite number")
        }
    }

    /// Refuses a node whose attribute has another value than the only one that erde's operator has.
    func require(_ name: String, _ expected: Int, default value: Int? = nil) throws(ErdeError) {
        let found = try integer(name, default: value ?? expected)
        guard found == expected else { throw failure("attribute \(name) is \(found), expected \(expected)") }
    }

    /// Refuses padding that is computed instead of written out.
    func requireExplicitPadding() throws(ErdeError) {
        switch attribute("auto_pad") {
        case nil, .text("NOTSET"), .text(""): return
        default: throw failure("attribute auto_pad is not NOTSET")
        }
    }

    /// The stored tensor at an input, nil when the node has no such input.
    func constant(at position: Int) throws(ErdeError) -> ONNXTensor? {
        guard position < node.inputs.count, !node.inputs[position].isEmpty else { return nil }
        let name = node.inputs[position]
        guard let tensor = initializers[name] else {
            throw failure("input \(printable(name)) is not stored in the file, expected a constant")
        }
        return tensor
    }

    /// A finite scalar among the inputs.
    func scalar(at position: Int) throws(ErdeError) -> Double? {
        guard let tensor = try constant(at: position) else { return nil }
        guard case .floats(let numbers) = tensor.elements, numbers.count == 1, numbers[0].isFinite else {
            throw failure("input \(printable(tensor.name)) is no finite number")
        }
        return numbers[0].shortestDouble
    }

    /// A list of integers among the inputs.
    func integers(at position: Int) throws(ErdeError) -> [Int]? {
        guard let tensor = try constant(at: position) else { return nil }
        guard case .integers(let numbers) = tensor.elements, tensor.dimensions.count == 1 else {
            throw failure("input \(printable(tensor.name)) is no list of integers")
        }
        return numbers.map { Int($0) }
    }

    /// Axes counted from the front, ascending.
    func axes(_ found: [Int]?) throws(ErdeError) -> [Int] {
        let rank = self.shape.rank
        let axes = (found ?? Array(0..<rank)).map { $0 < 0 ? $0 &+ rank : $0 }
        guard axes.allSatisfy({ 0..<rank ~= $0 }) else { throw failure("axes \(axes) outside a rank of \(rank)") }
        return axes.sorted()
    }

    /// A list of integers among the attributes, of any length.
    func axesAttribute() throws(ErdeError) -> [Int]? {
        switch attribute("axes") {
        case nil: return nil
        case .integers(let numbers): return numbers.map { Int($0) }
        default: throw failure("attribute axes is no list of integers")
        }
    }
}

/// The magnitude, with the one that has no positive counterpart made the largest.
private func abs(clamping number: Int64) -> Int64 { number == .min ? .max : Swift.abs(number) }

extension Float {
    /// The double that a person would have written for this float: 0.1 for the float nearest to 0.1.
    var shortestDouble: Double { Double("\(self)") ?? Double(self) }
}
