import Artifacts
import Diagnostics

/// An exported graph as the bytes of a ModelProto.
enum ExportedMessage {
    /// - Parameters:
    ///   - graph: written for operator set 17.
    ///   - operatorSet: the version to write.
    /// - Throws: `ErdeError` of kind `badData` when the metadata cannot be written.
    static func bytes(
        _ graph: ONNXGraph, _ metadata: ModelMetadata, _ description: ExportDescription, _ operatorSet: Int64
    ) throws(ErdeError) -> [UInt8] {
        var message = ONNXModel()
        message.irVersion = OperatorSetVersion.irVersion(for: operatorSet)
        message.producerName = "erde"
        message.producerVersion = erdeVersion
        message.operatorSets = ["": operatorSet]
        message.metadata = try MetadataProperties.encode(metadata, description)
        message.graph = OperatorSetVersion.adapted(graph, to: operatorSet)
        return ONNXEncoder.bytes(of: message)
    }
}
