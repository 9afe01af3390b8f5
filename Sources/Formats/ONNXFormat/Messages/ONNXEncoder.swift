import CProtobufC
import CSchemas

/// Turns an `ONNXModel` into the bytes of a ModelProto.
struct ONNXEncoder {
    private let arena = MessageArena()

    static func bytes(of model: ONNXModel) -> [UInt8] {
        let encoder = ONNXEncoder()
        return withExtendedLifetime(encoder.arena) {
            var message = encoder.message(model)
            return [UInt8](unsafeUninitializedCapacity: onnx__model_proto__get_packed_size(&message)) { buffer, count in
                count = onnx__model_proto__pack(&message, buffer.baseAddress)
            }
        }
    }

    private func message(_ model: ONNXModel) -> Onnx__ModelProto {
        var message = Onnx__ModelProto()
        onnx__model_proto__init(&message)
        message.has_ir_version = 1
        message.ir_version = model.irVersion
        message.producer_name = arena.text(model.producerName)
        message.producer_version = arena.text(model.producerVersion)
        message.graph = arena.message(self.message(model.graph))
        message.n_opset_import = model.operatorSets.count
        message.opset_import = arena.messages(
            model.operatorSets.sorted { $0.key < $1.key }.map { domain, version in
                var entry = Onnx__OperatorSetIdProto()
                onnx__operator_set_id_proto__init(&entry)
                entry.domain = arena.text(domain)
                entry.has_version = 1
                entry.version = version
                return entry
            })
        message.n_metadata_props = model.metadata.count
        message.metadata_props = arena.messages(
            model.metadata.map { key, value in
                var entry = Onnx__StringStringEntryProto()
                onnx__string_string_entry_proto__init(&entry)
                entry.key = arena.text(key)
                entry.value = arena.text(value)
                return entry
            })
        return message
    }

    private func message(_ graph: ONNXGraph) -> Onnx__GraphProto {
        var message = Onnx__GraphProto()
        onnx__graph_proto__init(&message)
        message.name = arena.text(graph.name)
        message.n_node = graph.nodes.count
        message.node = arena.messages(graph.nodes.map(self.message))
        message.n_initializer = graph.initializers.count
        message.initializer = arena.messages(graph.initializers.map(self.message))
        message.n_input = graph.inputs.count
        message.input = arena.messages(graph.inputs.map(self.message))
        message.n_output = graph.outputs.count
        message.output = arena.messages(graph.outputs.map(self.message))
        return message
    }

    private func message(_ node: ONNXNode) -> Onnx__NodeProto {
        var message = Onnx__NodeProto()
        onnx__node_proto__init(&message)
        message.n_input = node.inputs.count
        message.input = arena.texts(node.inputs)
        message.n_output = node.outputs.count
        message.output = arena.texts(node.outputs)
        message.name = arena.text(node.name)
        message.op_type = arena.text(node.type)
        if !node.domain.isEmpty { message.domain = arena.text(node.domain) }
        message.n_attribute = node.attributes.count
        message.attribute = arena.messages(node.attributes.map(self.message))
        return message
    }

    private func message(_ attribute: ONNXAttribute) -> Onnx__AttributeProto {
        var message = Onnx__AttributeProto()
        onnx__attribute_proto__init(&message)
        message.name = arena.text(attribute.name)
        message.has_type = 1
        switch attribute.value {
        case .float(let number):
            message.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT
            message.has_f = 1
            message.f = number
        case .integer(let number):
            message.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT
            message.has_i = 1
            message.i = number
        case .text(let text):
            message.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING
            message.has_s = 1
            message.s = Array(text.utf8).withUnsafeBytes(arena.bytes)
        case .floats(let numbers):
            message.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS
            message.n_floats = numbers.count
            message.floats = arena.array(numbers)
        case .integers(let numbers):
            message.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS
            message.n_ints = numbers.count
            message.ints = arena.array(numbers)
        case .graph(let graph):
            message.type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH
            attach(graph, to: &message)
        case .tensor(let tensor):
            preconditionFailure("attribute \(attribute.name) holds tensor \(tensor.name), which is read, never written")
        case .other(let type):
            preconditionFailure("attribute \(attribute.name) of type \(type) is read, never written")
        }
        return message
    }

    /// Puts a subgraph into a node's attribute as field 6, `g`.
    ///
    /// The schema leaves that field out, so that no file that is read can nest without bound; protobuf-c writes it as
    /// a field unknown to it: the length as a varint, then the bytes.
    private func attach(_ graph: ONNXGraph, to message: inout Onnx__AttributeProto) {
        var subgraph = self.message(graph)
        let count = onnx__graph_proto__get_packed_size(&subgraph)
        var prefix: [UInt8] = []
        var rest = count
        while rest > 127 {
            prefix.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        prefix.append(UInt8(rest))
        let data = arena.allocate(prefix.count + count, of: UInt8.self)
        data.initialize(from: prefix, count: prefix.count)
        onnx__graph_proto__pack(&subgraph, data + prefix.count)
        var field = ProtobufCMessageUnknownField()
        field.tag = 6
        field.wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED
        field.len = prefix.count + count
        field.data = data
        message.base.n_unknown_fields = 1
        message.base.unknown_fields = arena.message(field)
    }

    private func message(_ tensor: ONNXTensor) -> Onnx__TensorProto {
        var message = Onnx__TensorProto()
        onnx__tensor_proto__init(&message)
        message.name = arena.text(tensor.name)
        message.n_dims = tensor.dimensions.count
        message.dims = arena.array(tensor.dimensions.map(Int64.init))
        message.has_data_type = 1
        message.has_raw_data = 1
        switch tensor.elements {
        case .floats(let numbers):
            message.data_type = Int32(ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT.rawValue)
            message.raw_data = numbers.withUnsafeBytes(arena.bytes)
        case .integers(let numbers):
            message.data_type = Int32(ONNX__TENSOR_PROTO__DATA_TYPE__INT64.rawValue)
            message.raw_data = numbers.withUnsafeBytes(arena.bytes)
        case .int8(let numbers):
            message.data_type = Int32(ONNX__TENSOR_PROTO__DATA_TYPE__INT8.rawValue)
            message.raw_data = numbers.withUnsafeBytes(arena.bytes)
        case .uint8(let numbers):
            message.data_type = Int32(ONNX__TENSOR_PROTO__DATA_TYPE__UINT8.rawValue)
            message.raw_data = numbers.withUnsafeBytes(arena.bytes)
        case .int32(let numbers):
            message.data_type = Int32(ONNX__TENSOR_PROTO__DATA_TYPE__INT32.rawValue)
            message.raw_data = numbers.withUnsafeBytes(arena.bytes)
        case .other(let type):
            preconditionFailure("tensor \(tensor.name) of type \(type) is read, never written")
        }
        return message
    }

    private func message(_ info: ONNXValueInfo) -> Onnx__ValueInfoProto {
        var message = Onnx__ValueInfoProto()
        onnx__value_info_proto__init(&message)
        message.name = arena.text(info.name)
        guard let elementType = info.elementType else { return message }
        var tensor = Onnx__TypeProto__Tensor()
        onnx__type_proto__tensor__init(&tensor)
        tensor.has_elem_type = 1
        tensor.elem_type = elementType
        if let dimensions = info.shape {
            var shape = Onnx__TensorShapeProto()
            onnx__tensor_shape_proto__init(&shape)
            shape.n_dim = dimensions.count
            shape.dim = arena.messages(dimensions.map(self.message))
            tensor.shape = arena.message(shape)
        }
        var type = Onnx__TypeProto()
        onnx__type_proto__init(&type)
        type.tensor_type = arena.message(tensor)
        message.type = arena.message(type)
        return message
    }

    private func message(_ dimension: ONNXValueInfo.Dimension) -> Onnx__TensorShapeProto__Dimension {
        var message = Onnx__TensorShapeProto__Dimension()
        onnx__tensor_shape_proto__dimension__init(&message)
        switch dimension {
        case .fixed(let extent):
            message.has_dim_value = 1
            message.dim_value = extent
        case .named(let name):
            message.dim_param = arena.text(name)
        case .unknown: break
        }
        return message
    }
}
