package import Diagnostics
package import Graphs

/// One graph to write as a file: in the form for inference, batch 1, every output's value named as the output.
package struct ExportNetwork: Sendable {
    /// What the file is called, without its ending.
    package let name: String
    /// Inputs: `image` `[1, C, H, W]`, or what a stage reads. Outputs: `logits_exit1` … `[1, K]`; of a stage the logits of its
    /// exit, its score `score_exit1` … `[1]`, then what later stages read.
    package let graph: Graph
    package let parameters: Parameters
    /// Names of all tensors, of this stage or earlier, that later stages read.
    package let liveAfter: [String]
    /// Of the model that the file is or is a part of; of a cut, of the model of one exit.
    package let metadata: ModelMetadata
    /// What the file says of itself.
    package let description: ExportDescription

    /// What a model becomes in a shape: one network, or one for each stage.
    ///
    /// - Parameters:
    ///   - name: of a single network; stages are `stage1`, `stage2` …
    ///   - format: its name, for the error where it has no such shape.
    /// - Throws: `ErdeError` of kind `usage` when the shape asks for what the model or the format does not have.
    package static func networks(
        of model: Model, request: ExportRequest, name: String, format: String
    ) throws(ErdeError) -> [ExportNetwork] {
        switch request.shape {
        case .all: return [try whole(model, request, name)]
        case .cut(let exit): return [try whole(try model.cut(at: exit), request, name)]
        case .dynamic:
            throw ErdeError(
                .usage, "--shape dynamic", "\(format) has no form in which each image of a batch leaves on its own",
                remedy: "write stages, or --to onnx")
        case .stages:
            if request.policy != nil { _ = try request.requirePolicy(for: model, name: name) }
            return try stages(of: model, request)
        }
    }

    private static func whole(_ model: Model, _ request: ExportRequest, _ name: String) throws(ErdeError) -> ExportNetwork {
        let fast = try model.graph.optimizedForInference(model.parameters)
        return ExportNetwork(
            name: name, graph: try fast.graph.namedByOutputs().rebatched(1), parameters: fast.parameters, liveAfter: [],
            metadata: model.metadata, description: request.description())
    }

    private static func stages(of model: Model, _ request: ExportRequest) throws(ErdeError) -> [ExportNetwork] {
        let score = request.policy?.score ?? .entropy
        let fast = try model.graph.optimizedForInference(model.parameters)
        var networks: [ExportNetwork] = []
        for (exit, segment) in try fast.graph.namedByOutputs().rebatched(1).exitSegmentsCarryingFloats().enumerated() {
            networks.append(
                ExportNetwork(
                    name: "stage\(exit + 1)", graph: try scored(segment.graph, score, exit: exit),
                    parameters: fast.parameters, liveAfter: segment.liveAfter, metadata: model.metadata,
                    description: request.description(stage: exit)))
        }
        return networks
    }

    /// A segment with the score of its logits as its second output.
    private static func scored(_ segment: Graph, _ score: GateScore, exit: Int) throws(ErdeError) -> Graph {
        var builder = GraphBuilder()
        var bindings: [Value: Value] = [:]
        for input in segment.inputs {
            bindings[input.value] = builder.input(
                segment.name(of: input.value), segment.type(of: input.value), isBatched: input.isBatched)
        }
        let mapped = try builder.inline(segment, bindings: bindings)
        let logits = mapped[segment.outputs[0].value]!
        builder.output(segment.outputs[0].name, logits)
        let name = "score_exit\(exit + 1)"
        builder.output(name, try score.add(to: &builder, of: logits, name: name))
        for output in segment.outputs.dropFirst() { builder.output(output.name, mapped[output.value]!) }
        return builder.graph.namedByOutputs()
    }
}
