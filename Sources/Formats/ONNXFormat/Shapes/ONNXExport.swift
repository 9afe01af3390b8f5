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
        switch options.shape {
        case .all:
            let description = ExportDescription(shape: .all, modelHash: options.modelHash)
            return [try complete(model, name, description, options)]
        case .cut(let exit):
            let description = ExportDescription(shape: .cut, exit: exit + 1, modelHash: options.modelHash)
            return [try complete(try cut(model, at: exit, name: name), name, description, options)]
        case .dynamic(let takesThresholds):
            let policy = try policy(of: model, options, name: name)
            let parts = try SegmentedGraph(model, reserved: DynamicGraph.Name.all, carriesFloats: true)
            let graph = DynamicGraph.graph(
                parts, policy: policy, takesThresholds: takesThresholds, cumulativeMACs: model.metadata.cumulativeMACs)
            let description = ExportDescription(
                shape: .dynamic, modelHash: options.modelHash, policy: policy, budgetMACs: options.budgetMACs,
                takesThresholds: takesThresholds)
            let bytes = try ExportedMessage.bytes(graph, model.metadata, description, options.operatorSet)
            return [FileContent(name: name, bytes: bytes)]
        case .stages:
            if options.policy != nil { _ = try policy(of: model, options, name: name) }
            let parts = try SegmentedGraph(model, reserved: [])
            return try StageFiles(parts: parts, model: model, options: options).files()
        }
    }

    /// A file that is a model by itself: what erde reads, it can classify with.
    private static func complete(
        _ model: Model, _ name: String, _ description: ExportDescription, _ options: ONNXExportOptions
    ) throws(ErdeError) -> FileContent {
        let fast = try model.graph.optimizedForInference(model.parameters)
        let graph = try GraphExport.graph(fast.graph, fast.parameters, name: model.metadata.role.rawValue)
        let bytes = try ExportedMessage.bytes(graph, model.metadata, description, options.operatorSet)
        // What is written must be a model again, where erde reads the operator set.
        if options.operatorSet == ONNXWriter.operatorSet { _ = try ONNXReader.model(from: bytes, name: name) }
        return FileContent(name: name, bytes: bytes)
    }

    /// The model up to one exit, without the heads before it, as a model of one exit.
    private static func cut(_ model: Model, at exit: Int, name: String) throws(ErdeError) -> Model {
        guard model.graph.outputs.indices.contains(exit) else {
            throw ErdeError(
                .usage, "--exit \(exit + 1)", "the model has exits 1 to \(model.exitCount)", remedy: "choose one of these")
        }
        let graph = model.graph
        let only = Graph.Output(name: Model.outputName(exit: 0), value: graph.outputs[exit].value)
        // Where a deeper exit reads the first one's logits, these give up their name.
        var names = Set(graph.values.map(\.name))
        var values = graph.values
        for index in values.indices where values[index].name == only.name && index != only.value.id {
            values[index].name = unused("\(only.name)_before", &names)
        }
        var cut = model
        cut.graph =
            Graph(
                unverified: values, origins: graph.origins, inputs: graph.inputs, variables: graph.variables,
                constants: graph.constants, nodes: graph.nodes, outputs: [only], updates: graph.updates
            ).removingDeadNodes()
        cut.metadata.cumulativeMACs = cut.graph.cost().cumulativeMACs
        cut.metadata.operatingPoints = []
        return cut
    }

    private static func policy(
        of model: Model, _ options: ONNXExportOptions, name: String
    ) throws(ErdeError) -> ExitPolicy {
        guard model.exitCount > 1 else {
            throw ErdeError(
                .usage, name, "a model of one exit has nothing to leave early from", remedy: "export it with --shape all")
        }
        guard let policy = options.policy, policy.thresholds.count == model.exitCount - 1 else {
            throw ErdeError(
                .usage, name, "needs \(model.exitCount - 1) thresholds, found \(options.policy?.thresholds.count ?? 0)",
                remedy: "fit them with `erde calibrate`, or give --theta")
        }
        return policy
    }
}
