package import Artifacts
package import Diagnostics
import Graphs

/// Writes models for other runtimes: the form for inference, with batch normalisation folded, in the shape asked for.
package enum ONNXExport {
    /// The files of a model in a shape: the stages' contract first, or one ONNX file whose name is `name`.
    ///
    /// - Throws: `ErdeError` of kind `usage` when the shape asks for what the model does not have, `badData` when ONNX
    ///   cannot hold the model.
    package static func files(
        of model: Model, name: String, options: ONNXExportOptions
    ) throws(ErdeError) -> [FileContent] {
        precondition(
            OperatorSetVersion.supported.contains(options.operatorSet), "operator set \(options.operatorSet) of an export")
        let request = options.request
        switch request.shape {
        case .all:
            return [try complete(model, name, options)]
        case .cut(let exit):
            return [try complete(try model.cut(at: exit), name, options)]
        case .dynamic(let takesThresholds):
            let policy = try request.requirePolicy(for: model, name: name)
            let parts = try SegmentedGraph(model, reserved: DynamicGraph.Name.all, carriesFloats: true)
            let graph = DynamicGraph.graph(
                parts, policy: policy, takesThresholds: takesThresholds, cumulativeMACs: model.metadata.cumulativeMACs)
            let bytes = try ExportedMessage.bytes(graph, model.metadata, request.description(), options.operatorSet)
            return [FileContent(name: name, bytes: bytes)]
        case .stages:
            if request.policy != nil { _ = try request.requirePolicy(for: model, name: name) }
            let parts = try SegmentedGraph(model, reserved: [])
            return try StageFiles(parts: parts, model: model, options: options).files()
        }
    }

    /// A file that is a model by itself: what erde reads, it can classify with.
    private static func complete(
        _ model: Model, _ name: String, _ options: ONNXExportOptions
    ) throws(ErdeError) -> FileContent {
        let fast = try model.graph.optimizedForInference(model.parameters)
        let graph = try GraphExport.graph(fast.graph, fast.parameters, name: model.metadata.role.rawValue)
        let bytes = try ExportedMessage.bytes(graph, model.metadata, options.request.description(), options.operatorSet)
        // What is written must be a model again, where erde reads the operator set.
        if options.operatorSet == ONNXWriter.operatorSet { _ = try ONNXReader.model(from: bytes, name: name) }
        return FileContent(name: name, bytes: bytes)
    }
}
