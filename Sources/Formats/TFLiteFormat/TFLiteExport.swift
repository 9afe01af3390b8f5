package import Artifacts
package import Diagnostics
import Graphs
import Tensors

/// A model for TensorFlow Lite (LiteRT): the form for inference, images `[N, H, W, C]`, the batch resizable.
package enum TFLiteExport {
    /// One file named `name`, or the contract of the stages and a file for each.
    ///
    /// - Throws: `ErdeError` of kind `usage` when the shape asks for what the model or the format does not have, `badData` that
    ///   lists everything that TensorFlow Lite cannot hold.
    package static func files(
        of model: Model, name: String, request: ExportRequest
    ) throws(ErdeError) -> [FileContent] {
        let networks = try ExportNetwork.networks(of: model, request: request, name: name, format: "TensorFlow Lite")
        guard request.shape == .stages else {
            var (metadata, description) = (model.metadata, ExportDescription(shape: .all, modelHash: request.modelHash))
            if case .cut(let exit) = request.shape {
                metadata = try model.cut(at: exit).metadata
                description = ExportDescription(shape: .cut, exit: exit + 1, modelHash: request.modelHash)
            }
            return [FileContent(name: name, bytes: try bytes(of: networks[0], metadata, description))]
        }
        let contract = StageContract(
            of: model, request: request, networks: networks, file: { "\($0.name).tflite" }, port: port)
        var files = [try contract.file()]
        for (index, network) in networks.enumerated() {
            let description = ExportDescription(
                shape: .stage, exit: index + 1, modelHash: request.modelHash, policy: request.policy,
                budgetMACs: request.budgetMACs)
            files.append(
                FileContent(name: "\(network.name).tflite", bytes: try bytes(of: network, model.metadata, description)))
        }
        return files
    }

    private static func bytes(
        of network: ExportNetwork, _ metadata: ModelMetadata, _ description: ExportDescription
    ) throws(ErdeError) -> [UInt8] {
        try TFLiteFile.bytes(
            of: try TFLiteWriter.graph(of: network), metadata: try EmbeddedMetadata(metadata, description).json())
    }

    /// How a file has a tensor of a stage: images channels last.
    private static func port(_ name: String, _ type: TensorType) -> StageContract.Port {
        let axes = AxisOrder.preferred(rank: type.shape.rank).axes(rank: type.shape.rank)
        let extents = axes.dropFirst().map { StageContract.Extent.fixed(Int64(type.shape[$0])) }
        return StageContract.Port(
            name: name, shape: [.batch] + extents, dataType: type.dataType, layout: type.shape.rank == 4 ? "NHWC" : nil)
    }
}
