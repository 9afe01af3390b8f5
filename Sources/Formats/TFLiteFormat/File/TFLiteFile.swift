import Artifacts
import Diagnostics

/// A TensorFlow Lite file: FlatBuffers of schema version 3, one graph, one signature and erde's metadata.
enum TFLiteFile {
    /// What callers of signatures ask for.
    static let signature = "serving_default"
    /// The name of the metadata that is erde's: JSON.
    static let metadataName = "erde"
    /// Offsets in a message have 31 bits.
    static let largestContent = 1 << 31 - 1 << 20
    /// Where the runtime wants a constant's bytes to begin.
    private static let alignment = 16

    /// - Parameter metadata: JSON.
    /// - Throws: `ErdeError` of kind `badData` when the constants do not fit into a message.
    static func bytes(of graph: TFLiteGraph, metadata: String) throws(ErdeError) -> [UInt8] {
        let content = graph.tensors.reduce(metadata.utf8.count) { $0 + ($1.content?.count ?? 0) }
        guard content < largestContent else {
            throw ErdeError(
                .badData, graph.name, "has \(content) bytes of weights, more than the 2 GB that a TensorFlow Lite file holds",
                remedy: "export it as ONNX")
        }
        // The first buffer is empty and belongs to all tensors without content.
        var buffers = [FlatTable()]
        func buffer(_ bytes: [UInt8]) -> Int32 {
            var table = FlatTable()
            table.set(TFLiteFields.Buffer.data, .bytes(bytes, alignment: alignment))
            buffers.append(table)
            return Int32(buffers.count - 1)
        }
        let tensors = graph.tensors.map { table(of: $0, buffer: $0.content.map(buffer) ?? 0) }
        var codes: [OperatorCode] = []
        let operators = graph.operators.map { table(of: $0, codes: &codes) }
        var subgraph = FlatTable()
        subgraph.set(TFLiteFields.SubGraph.tensors, .tables(tensors))
        subgraph.set(TFLiteFields.SubGraph.inputs, .int32s(graph.inputs.map { Int32($0.tensor) }))
        subgraph.set(TFLiteFields.SubGraph.outputs, .int32s(graph.outputs.map { Int32($0.tensor) }))
        subgraph.set(TFLiteFields.SubGraph.operators, .tables(operators))
        subgraph.set(TFLiteFields.SubGraph.name, .string(graph.name))
        var entry = FlatTable()
        entry.set(TFLiteFields.Metadata.name, .string(metadataName))
        entry.set(TFLiteFields.Metadata.buffer, .int32(buffer(Array(metadata.utf8))))
        var model = FlatTable()
        model.set(TFLiteFields.Model.version, .int32(3))
        model.set(TFLiteFields.Model.operatorCodes, .tables(codes.map(\.table)))
        model.set(TFLiteFields.Model.subgraphs, .tables([subgraph]))
        model.set(TFLiteFields.Model.description, .string("erde \(erdeVersion)"))
        model.set(TFLiteFields.Model.buffers, .tables(buffers))
        model.set(TFLiteFields.Model.metadata, .tables([entry]))
        model.set(TFLiteFields.Model.signatureDefs, .tables([signature(of: graph)]))
        return FlatBuffer.bytes(of: model, identifier: "TFL3", expecting: content + content / 8 + 65_536)
    }

    private static func table(of tensor: TFLiteTensor, buffer: Int32) -> FlatTable {
        var table = FlatTable()
        table.set(TFLiteFields.Tensor.shape, .int32s(tensor.shape.map(Int32.init)))
        table.set(TFLiteFields.Tensor.type, .int8(tensor.type.rawValue))
        table.set(TFLiteFields.Tensor.buffer, .int32(buffer))
        table.set(TFLiteFields.Tensor.name, .string(tensor.name))
        if let quantization = tensor.quantization {
            var parameters = FlatTable()
            parameters.set(TFLiteFields.QuantizationParameters.scale, .floats(quantization.scales))
            parameters.set(TFLiteFields.QuantizationParameters.zeroPoint, .int64s(quantization.zeroPoints))
            parameters.set(TFLiteFields.QuantizationParameters.quantizedDimension, .int32(Int32(quantization.axis)))
            table.set(TFLiteFields.Tensor.quantization, .table(parameters))
        }
        if tensor.isBatched {
            table.set(TFLiteFields.Tensor.shapeSignature, .int32s([-1] + tensor.shape.dropFirst().map(Int32.init)))
        }
        table.set(TFLiteFields.Tensor.hasRank, .int8(1))
        return table
    }

    /// An entry of the list of operators that the file uses.
    private struct OperatorCode: Hashable {
        let code: BuiltinOperator
        let version: Int32

        var table: FlatTable {
            var table = FlatTable()
            // Older readers look for a byte; 127 sends newer ones to the wide field.
            table.set(TFLiteFields.OperatorCode.deprecatedBuiltinCode, .int8(Int8(min(code.rawValue, 127))))
            table.set(TFLiteFields.OperatorCode.version, .int32(version))
            table.set(TFLiteFields.OperatorCode.builtinCode, .int32(code.rawValue))
            return table
        }
    }

    private static func table(of call: TFLiteOperator, codes: inout [OperatorCode]) -> FlatTable {
        let code = OperatorCode(code: call.code, version: call.version)
        let index = codes.firstIndex(of: code) ?? codes.count
        if index == codes.count { codes.append(code) }
        var table = FlatTable()
        table.set(TFLiteFields.Operator.opcodeIndex, .int32(Int32(index)))
        table.set(TFLiteFields.Operator.inputs, .int32s(call.inputs.map(Int32.init)))
        table.set(TFLiteFields.Operator.outputs, .int32s(call.outputs.map(Int32.init)))
        table.set(TFLiteFields.Operator.builtinOptionsType, call.options.map { .int8($0.type.rawValue) })
        table.set(TFLiteFields.Operator.builtinOptions, call.options.map { .table($0.table) })
        return table
    }

    private static func signature(of graph: TFLiteGraph) -> FlatTable {
        func maps(_ ports: [TFLiteGraph.Port]) -> FlatTable.Field {
            .tables(
                ports.map { port in
                    var map = FlatTable()
                    map.set(TFLiteFields.TensorMap.name, .string(port.name))
                    map.set(TFLiteFields.TensorMap.tensorIndex, .int32(Int32(port.tensor)))
                    return map
                })
        }
        var definition = FlatTable()
        definition.set(TFLiteFields.SignatureDef.inputs, maps(graph.inputs))
        definition.set(TFLiteFields.SignatureDef.outputs, maps(graph.outputs))
        definition.set(TFLiteFields.SignatureDef.signatureKey, .string(signature))
        definition.set(TFLiteFields.SignatureDef.subgraphIndex, .int32(0))
        return definition
    }
}
