import Artifacts
import Diagnostics
import Execution
import Graphs
import ONNXFormat
import ReferenceEngine
import Tensors
import TestSupport

/// A small ONNX file, written field by field: from images `x` to logits, which are the rows of the last node's result.
struct ForeignFile {
    enum Attribute {
        case integer(Int64)
        case integers([Int64])
        case text(String)
    }

    private var graph = WireMessage()
    private let image: [Int]

    /// - Parameter image: channels, height and width.
    init(image: [Int]) {
        self.image = image
        var shape = WireMessage()
        for extent in [1] + image {
            var dimension = WireMessage()
            dimension.set(1, Int64(extent))
            shape.add(1, dimension)
        }
        graph.add(11, Self.info("x", shape))
    }

    private static func info(_ name: String, _ shape: WireMessage?) -> WireMessage {
        var tensor = WireMessage()
        tensor.set(1, 1)
        if let shape { tensor.add(2, shape) }
        var type = WireMessage()
        type.add(1, tensor)
        var info = WireMessage()
        info.set(1, name)
        info.add(2, type)
        return info
    }

    mutating func node(_ type: String, _ inputs: [String], _ output: String, _ attributes: [String: Attribute] = [:]) {
        var node = WireMessage()
        for input in inputs { node.add(1, input) }
        node.add(2, output)
        node.set(4, type)
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
            var attribute = WireMessage()
            attribute.set(1, name)
            switch value {
            case .integer(let number):
                attribute.set(3, number)
                attribute.set(20, 2)
            case .text(let text):
                attribute.set(4, text)
                attribute.set(20, 3)
            case .integers(let numbers):
                for number in numbers { attribute.fields.append((8, .varint(UInt64(bitPattern: number)))) }
                attribute.set(20, 7)
            }
            node.add(5, attribute)
        }
        graph.add(1, node)
    }

    mutating func floats(_ name: String, _ shape: [Int64], _ numbers: [Float]) {
        let bytes: [UInt8] = numbers.flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) }
        }
        tensor(name, 1, shape, bytes)
    }

    /// - Parameter type: ONNX's number of the element type; that of int64 if it is not given.
    mutating func integers(_ name: String, _ numbers: [Int64], type: Int64 = 7) {
        let sizes: [Int64: Int] = [2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 12: 4, 13: 8]
        let size = sizes[type] ?? 0
        let bytes: [UInt8] = numbers.flatMap { number in
            (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
        tensor(name, type, [Int64(numbers.count)], bytes)
    }

    private mutating func tensor(_ name: String, _ type: Int64, _ shape: [Int64], _ bytes: [UInt8]) {
        var tensor = WireMessage()
        for extent in shape { tensor.fields.append((1, .varint(UInt64(bitPattern: extent)))) }
        tensor.set(2, type)
        tensor.set(8, name)
        tensor.fields.append((9, .bytes(bytes)))
        graph.add(5, tensor)
    }

    /// The classifier whose logits are the elements of a value.
    func model(logits: String) throws(ErdeError) -> Model {
        var file = self
        file.node("Flatten", [logits], "y")
        file.graph.add(12, Self.info("y", nil))
        var operators = WireMessage()
        operators.set(1, "")
        operators.set(2, 17)
        var message = WireMessage()
        message.set(1, 8)
        message.add(7, file.graph)
        message.add(8, operators)
        return try ForeignModel(bytes: message.encoded, path: "file.onnx", folder: "/nonexistent")
            .classifier(ImportOptions()).model
    }

    /// The elements of a value for one image.
    func run(_ pixels: [Float], logits: String) throws -> [Double] {
        let model = try model(logits: logits)
        let executable = try ReferenceEngine().compile(model.graph, parameters: model.parameters)
        return try executable.run([Model.inputName: Tensor(Shape([1] + image), pixels)])["logits_exit1"]?.doubles ?? []
    }
}
