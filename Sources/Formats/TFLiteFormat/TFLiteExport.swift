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
        guard request.shape == .stages else { return [FileContent(name: name, bytes: try bytes(of: networks[0]))] }
        let contract = StageContract(
            of: model, request: request, networks: networks, file: { "\($0.name).tflite" }, port: port)
        var files = [try contract.file()]
        for network in networks {
            files.append(FileContent(name: "\(network.name).tflite", bytes: try bytes(of: network)))
        }
        return files
    }

    /// The metadata are one JSON object of the parts that an ONNX file has under `erde.`.
    private static func bytes(of network: ExportNetwork) throws(ErdeError) -> [UInt8] {
        let members = try network.metadata.properties(network.description).map { "\"\($0.key)\":\($0.json)" }
        return try TFLiteFile.bytes(
            of: try TFLiteWriter.graph(of: network), metadata: "{\(members.joined(separator: ","))}")
    }

    /// How a file has a tensor of a stage: images channels last.
    private static func port(_ name: String, _ type: TensorType) -> StageContract.Port {
        let axes = AxisOrder.preferred(rank: type.shape.rank).axes(rank: type.shape.rank)
        let extents = axes.dropFirst().map { StageContract.Extent.fixed(Int64(type.shape[$0])) }
        return StageContract.Port(
            name: name, shape: [.batch] + extents, dataType: type.dataType, layout: type.shape.rank == 4 ? "NHWC" : nil)
    }
}
