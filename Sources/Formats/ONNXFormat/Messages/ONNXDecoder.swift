import CProtobufC
import CSchemas
import Diagnostics

/// Turns the bytes of a ModelProto into an `ONNXModel`; every C message is freed before it returns.
struct ONNXDecoder {
    /// What errors are about: the file.
    let subject: String
    let tensors: TensorDecoder

    /// - Parameter source: who wrote the file.
    /// - Throws: `ErdeError` of kind `badData` when the bytes are no ONNX model or hold what no reader could take.
    static func model(
        from bytes: [UInt8], subject: String, source: TensorDecoder.Source = .erde
    ) throws(ErdeError) -> ONNXModel {
        let decoder = ONNXDecoder(subject: subject, tensors: TensorDecoder(subject: subject, source: source))
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
        for node in elements(message.node, message.n_node) { graph.nodes.append(try self.node(node)) }
        for tensor in elements(message.initializer, message.n_initializer) {
            graph.initializers.append(try tensors.tensor(tensor, as: "initializer"))
        }
        graph.inputs = elements(message.input, message.n_input).map(valueInfo)
        graph.outputs = elements(message.output, message.n_output).map(valueInfo)
        return graph
    }

    private func node(_ message: Onnx__NodeProto) throws(ErdeError) -> ONNXNode {
        var node = ONNXNode(
            type: text(message.op_type), domain: text(message.domain), name: text(message.name),
            inputs: texts(message.input, message.n_input), outputs: texts(message.output, message.n_output))
        for attribute in elements(message.attribute, message.n_attribute) {
            node.attributes.append(try self.attribute(attribute))
        }
        return node
    }

    private func attribute(_ message: Onnx__AttributeProto) throws(ErdeError) -> ONNXAttribute {
        if message.type == ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR, let tensor = message.t {
            return ONNXAttribute(
                name: text(message.name), value: .tensor(try tensors.tensor(tensor.pointee, as: "constant")))
        }
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
}
