package import Artifacts
package import Diagnostics
import Graphs
import Tensors

/// Reads the models that `ONNXWriter` wrote.
package enum ONNXReader {
    /// Operator sets in which the operators of `OperatorTable` mean the same.
    private static let operatorSets: ClosedRange<Int64> = 13...17
    /// More than any network costs, so that sums over exits and images stay within their types.
    private static let mostMACs = 1 << 50

    /// The model in the bytes of an ONNX file.
    ///
    /// - Parameter name: the file, for messages.
    /// - Throws: `ErdeError` of kind `badData` when the bytes are broken, foreign or do not fit together.
    package static func model(from bytes: [UInt8], name: String) throws(ErdeError) -> Model {
        let message = try ONNXDecoder.model(from: bytes, subject: name)
        // Metadata first: for a foreign model it says what is missing, where the graph would complain of a detail.
        let metadata = try MetadataProperties.decode(message.metadata, subject: name)
        if let export = try MetadataProperties.export(in: message.metadata, subject: name) { try requireModel(export, name) }
        guard let operatorSet = message.operatorSets[""] ?? message.operatorSets["ai.onnx"],
            operatorSets ~= operatorSet
        else {
            let found = (message.operatorSets[""] ?? message.operatorSets["ai.onnx"]).map { "\($0)" } ?? "none"
            throw ErdeError(
                .badData, name,
                "uses ONNX operator set \(found), expected \(operatorSets.lowerBound) to \(operatorSets.upperBound)",
                remedy: "convert the model to operator set 17")
        }
        let (graph, parameters) = try GraphImport.graph(message.graph, subject: name)
        // Last, so that what does not fit is named before what only changed.
        try WeightsDigest.check(message, subject: name)
        let model = Model(graph: graph, parameters: parameters, metadata: metadata)
        try requireCanonicalForm(model, name: name)
        return model
    }

    /// Refuses exported files that are no model by themselves.
    private static func requireModel(_ export: ExportDescription, _ name: String) throws(ErdeError) {
        switch export.shape {
        case .all, .cut: return
        case .dynamic, .stage:
            throw ErdeError(
                .badData, name, "was exported for other runtimes as \(export.shape.rawValue); erde does not run that shape",
                remedy: "give the model that it was made from")
        }
    }

    /// Checks what the rest of erde relies on: one image input, exits by name and size, metadata that fits.
    private static func requireCanonicalForm(_ model: Model, name: String) throws(ErdeError) {
        func require(_ condition: Bool, _ problem: @autoclosure () -> String) throws(ErdeError) {
            guard condition else {
                throw ErdeError(.badData, name, problem(), remedy: "write the model again with erde")
            }
        }
        let (graph, metadata) = (model.graph, model.metadata)
        let image = metadata.image
        let expected = [1, image.channels, image.height, image.width]
        try require(
            graph.inputs.count == 1 && graph.input(named: Model.inputName) != nil, "has other inputs than \(Model.inputName)")
        let found = graph.shape(of: graph.inputs[0].value)
        try require(found.dimensions == expected, "takes images of \(found), its metadata says \(expected)")
        let macs = metadata.cumulativeMACs
        try require(macs.count == graph.outputs.count, "has \(graph.outputs.count) exits and MACs of \(macs.count)")
        try require(
            zip([-1] + macs, macs + [mostMACs]).allSatisfy(<),
            "has exits of \(macs) MACs, each of which must cost more than the one before"
        )
        for (exit, output) in graph.outputs.enumerated() {
            try require(
                output.name == Model.outputName(exit: exit),
                "output \(printable(output.name)), expected \(Model.outputName(exit: exit))")
            let type = graph.type(of: output.value)
            try require(
                type == TensorType([1, metadata.classNames.count]),
                "\(output.name) is \(type), its metadata names \(metadata.classNames.count) classes")
        }
        for point in metadata.operatingPoints {
            try require(
                point.policy.thresholds.count == graph.outputs.count - 1 && point.policy.thresholds.allSatisfy { !$0.isNaN },
                "has \(point.policy.thresholds.count) thresholds for \(graph.outputs.count) exits")
        }
    }
}
