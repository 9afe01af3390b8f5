import CProtobufC
import CSchemas
import Diagnostics

/// Turns the bytes of a ModelProto into an `ONNXModel`; every C message is freed before it returns.
struct ONNXDecoder {
    /// What errors are about: the file.
    let subject: String

    /// - Throws: `ErdeError` of kind `badData` when the bytes are no ONNX model or hold what no reader could take.
    static func model(from bytes: [UInt8], subject: String) throws(ErdeError) -> ONNXModel {
        let decoder = ONNXDecoder(subject: subject)
        guard let message = onnx__model_proto__unpack(nil, bytes.count, bytes) else {
            throw decoder.failure("is no ONNX model, or is cut off")
        }
        defer { onnx__model_proto__free_unpacked(message, nil) }
        return try decoder.model(message.pointee)
    }

    private func failure(_ problem: String) -> ErdeError {
        ErdeError(.badData, subject, problem, remedy: "give a complete ONNX file")
    }

    private func model(_ message: Onnx__ModelProto) throws(ErdeError) -> ONNXModel {
        guard message.has_ir_version != 0, let graph = message.graph else {
            throw failure("is no ONNX model: it has no graph")
        }
        var model = ONNXModel()
        model.irVersion = message.ir_version
        model.producerName = text(message.producer_name)
        model.producerVersion = text(message.producer_version)
        for entry in elements(message.opset_import, message.n_opset_import) {
            model.operatorSets[text(entry.domain)] = entry.version
        }
        model.metadata = elements(message.metadata_props, message.n_metadata_props).map {
            (key: text($0.key), value: text($0.value))
        }
        model.graph = try self.graph(graph.pointee)
        return model
    }

    private func graph(_ message: Onnx__GraphProto) throws(ErdeError) -> ONNXGraph {
        var graph = ONNXGraph()
        graph.name = text(message.name)
        graph.nodes = elements(message.node, message.n_node).map(node)
        for tensor in elements(message.initializer, message.n_initializer) {
            graph.initializers.append(try self.tensor(tensor))
        }
        graph.inputs = elements(message.input, message.n_input).map(valueInfo)
        graph.outputs = elements(message.output, message.n_output).map(valueInfo)
        return graph
    }

    private func node(_ message: Onnx__NodeProto) -> ONNXNode {
        ONNXNode(
            type: text(message.op_type), domain: text(message.domain), name: text(message.name),
            inputs: texts(message.input, message.n_input), outputs: texts(message.output, message.n_output),
            attributes: elements(message.attribute, message.n_attribute).map(attribute))
    }

    private func attribute(_ message: Onnx__AttributeProto) -> ONNXAttribute {
        let value: ONNXAttribute.Value =
            switch message.type {
            case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT: .float(message.f)
            case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT: .integer(message.i)
            case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING:
                .text(
                    String(
                        decoding: UnsafeRawBufferPointer(start: message.s.data, count: message.s.len), as: UTF8.self))
            case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS: .floats(numbers(message.floats, message.n_floats))
            case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS: .integers(numbers(message.ints, message.n_ints))
            default: .other(UInt32(truncatingIfNeeded: message.type.rawValue))
            }
        return ONNXAttribute(name: text(message.name), value: value)
    }

    private func tensor(_ message: Onnx__TensorProto) throws(ErdeError) -> ONNXTensor {
        let name = text(message.name)
        let label = "initializer \(printable(name))"
        guard message.data_location != ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL else {
            throw ErdeError(
                .badData, subject, "\(label) lies in another file", remedy: "save the model with its weights inside")
        }
        var dimensions: [Int] = []
        var count = 1
        for extent in numbers(message.dims, message.n_dims) {
            let product = count.multipliedReportingOverflow(by: Int(extent))
            guard extent > 0 || (extent == 0 && message.n_dims == 1), !product.overflow else {
                throw failure("\(label) has impossible extents")
            }
            dimensions.append(Int(extent))
            count = product.partialValue
        }
        guard dimensions.count <= 8 else { throw failure("\(label) has \(dimensions.count) axes, expected at most 8") }
        switch UInt32(bitPattern: message.data_type) {
        case UInt32(ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT.rawValue):
            let floats: [Float] = try scalars(message, message.float_data, message.n_float_data, count, label)
            return ONNXTensor(name: name, dimensions: dimensions, elements: .floats(floats))
        case UInt32(ONNX__TENSOR_PROTO__DATA_TYPE__INT64.rawValue):
            let integers: [Int64] = try scalars(message, message.int64_data, message.n_int64_data, count, label)
            return ONNXTensor(name: name, dimensions: dimensions, elements: .integers(integers))
        case let other:
            throw ErdeError(
                .badData, subject, "\(label) has ONNX element type \(other), expected 1 (float) or 7 (int64)",
                remedy: "convert the model to float32")
        }
    }

    /// Elements from the raw bytes, or from the field of their type.
    private func scalars<Scalar: BitwiseCopyable>(
        _ message: Onnx__TensorProto, _ field: UnsafeMutablePointer<Scalar>?, _ fieldCount: Int, _ count: Int,
        _ label: String
    ) throws(ErdeError) -> [Scalar] {
        guard message.has_raw_data != 0 else {
            guard fieldCount == count else { throw failure("\(label) has \(fieldCount) elements, expected \(count)") }
            return numbers(field, count)
        }
        let byteCount = count.multipliedReportingOverflow(by: MemoryLayout<Scalar>.size)
        guard !byteCount.overflow, message.raw_data.len == byteCount.partialValue else {
            throw failure("\(label) has \(message.raw_data.len) bytes, expected \(count) elements")
        }
        guard let source = message.raw_data.data, count > 0 else { return [] }
        return [Scalar](unsafeUninitializedCapacity: count) { buffer, filled in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(
                from: UnsafeRawBufferPointer(start: source, count: byteCount.partialValue))
            filled = count
        }
    }

    private func valueInfo(_ message: Onnx__ValueInfoProto) -> ONNXValueInfo {
        var info = ONNXValueInfo(name: text(message.name))
        guard let tensor = message.type?.pointee.tensor_type?.pointee else { return info }
        info.elementType = tensor.elem_type
        info.shape = (tensor.shape?.pointee).map { shape in
            elements(shape.dim, shape.n_dim).map { dimension in
                if dimension.has_dim_value != 0 { return .fixed(dimension.dim_value) }
                return dimension.dim_param == nil ? .unknown : .named(text(dimension.dim_param))
            }
        }
        return info
    }

    // MARK: C arrays

    private func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }

    private func texts(_ pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ count: Int) -> [String] {
        UnsafeBufferPointer(start: pointer, count: pointer == nil ? 0 : count).map { text($0) }
    }

    private func elements<Message>(
        _ pointer: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, _ count: Int
    ) -> [Message] {
        UnsafeBufferPointer(start: pointer, count: pointer == nil ? 0 : count).compactMap { $0?.pointee }
    }

    private func numbers<Number>(_ pointer: UnsafeMutablePointer<Number>?, _ count: Int) -> [Number] {
        Array(UnsafeBufferPointer(start: pointer, count: pointer == nil ? 0 : count))
    }
}
