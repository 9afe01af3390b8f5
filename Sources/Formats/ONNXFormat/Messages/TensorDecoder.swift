import CProtobufC
import CSchemas
import Diagnostics

/// Turns TensorProtos into floats and integers, whatever type they are stored in.
struct TensorDecoder {
    /// Who wrote a file, and what may be in it.
    enum Source {
        /// float32, int64, and the integers of quantized models, all inside the file.
        case erde
        /// Any number type, and bytes in other files below the folder.
        case anyone(folder: String)
    }

    /// Nothing is shaped by larger extents beside one of 0.
    private static let largestEmptyCount = 1 << 24

    /// What errors are about: the file.
    let subject: String
    let source: Source

    private func failure(_ problem: String) -> ErdeError {
        ErdeError(.badData, subject, problem, remedy: "give a complete ONNX file")
    }

    /// - Parameter kind: what the tensor is there, for messages.
    /// - Throws: `ErdeError` of kind `badData` when extents and bytes do not fit together, or bytes lie where they must not.
    func tensor(_ message: Onnx__TensorProto, as kind: String) throws(ErdeError) -> ONNXTensor {
        let name = text(message.name)
        let label = "\(kind) \(printable(name))"
        let (dimensions, count) = try extents(message, label)
        let isOutside = message.data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL
        func content() throws(ErdeError) -> ONNXTensor.Elements {
            let type = ElementType(rawValue: message.data_type)
            switch source {
            case .erde:
                guard !isOutside else {
                    throw ErdeError(
                        .badData, subject, "\(label) lies in another file", remedy: "save the model with its weights inside")
                }
                guard let type, [.float, .uint8, .int8, .int32, .int64].contains(type) else {
                    throw ErdeError(
                        .badData, subject,
                        "\(label) has ONNX element type \(message.data_type), expected 1 (float), 2 (uint8), 3 (int8), 6 (int32) "
                            + "or 7 (int64)", remedy: "convert the model to float32")
                }
                let decoded = try type.decode(message, count, outside: nil) { (problem) in failure("\(label) \(problem)") }
                guard let elements = decoded.stored(as: type) else {
                    throw failure("\(label) has elements out of the range of its type")
                }
                return elements
            case .anyone(let folder):
                guard let type else { return .other(message.data_type) }
                var bytes: [UInt8]?
                if isOutside {
                    let place = ExternalData(entries: Self.entries(message), folder: folder, subject: subject, label: label)
                    bytes = try place.bytes(count: count * type.size)
                }
                return try type.decode(message, count, outside: bytes) { (problem) in failure("\(label) \(problem)") }
            }
        }
        var tensor = ONNXTensor(name: name, dimensions: dimensions, elements: try content())
        if case .integers = tensor.elements, let type = ElementType(rawValue: message.data_type) { tensor.integerType = type }
        return tensor
    }

    private static func entries(_ message: Onnx__TensorProto) -> [String: String] {
        Dictionary(
            elements(message.external_data, message.n_external_data).map { (text($0.key), text($0.value)) },
            uniquingKeysWith: { first, _ in first })
    }

    private func extents(_ message: Onnx__TensorProto, _ label: String) throws(ErdeError) -> ([Int], count: Int) {
        var dimensions: [Int] = []
        // Of the extents that are not 0.
        var count = 1
        for extent in numbers(message.dims, message.n_dims) {
            let product = count.multipliedReportingOverflow(by: max(1, Int(extent)))
            let isPossible: Bool =
                switch source {
                case .erde: extent > 0 || (extent == 0 && message.n_dims == 1)
                case .anyone: 0..<(1 << 31) ~= extent && product.partialValue < 1 << 40
                }
            guard isPossible, !product.overflow else { throw failure("\(label) has impossible extents") }
            dimensions.append(Int(extent))
            count = product.partialValue
        }
        guard dimensions.count <= 8 else { throw failure("\(label) has \(dimensions.count) axes, expected at most 8") }
        guard dimensions.contains(0) else { return (dimensions, count) }
        guard count <= Self.largestEmptyCount else { throw failure("\(label) has impossible extents") }
        return (dimensions, 0)
    }
}

extension ONNXTensor.Elements {
    /// Integers in the type that they are stored in, where quantized models have that type; nil when one does not fit.
    fileprivate func stored(as type: ElementType) -> ONNXTensor.Elements? {
        guard case .integers(let numbers) = self else { return self }
        func narrowed<Integer: FixedWidthInteger>(_: Integer.Type) -> [Integer]? {
            let narrow = numbers.compactMap { Integer(exactly: $0) }
            return narrow.count == numbers.count ? narrow : nil
        }
        switch type {
        case .int8: return narrowed(Int8.self).map { .int8($0) }
        case .uint8: return narrowed(UInt8.self).map { .uint8($0) }
        case .int32: return narrowed(Int32.self).map { .int32($0) }
        case .float, .uint16, .int16, .int64, .bool, .float16, .double, .uint32, .uint64, .bfloat16: return self
        }
    }
}
