package import Artifacts
package import Diagnostics
import Graphs

/// Writes models as ONNX: IR 8, operator set 17, static graph with a dynamic batch `N`.
package enum ONNXWriter {
    /// The newest IR and operator set that every runtime of the last years reads.
    static let irVersion: Int64 = 8
    static let operatorSet: Int64 = 17

    /// The bytes of a ModelProto; the same for equal models.
    ///
    /// - Throws: `ErdeError` of kind `badData` that lists every operator and value that ONNX cannot hold.
    package static func bytes(of model: Model) throws(ErdeError) -> [UInt8] {
        var message = ONNXModel()
        message.irVersion = irVersion
        message.producerName = "erde"
        message.producerVersion = erdeVersion
        message.operatorSets = ["": operatorSet]
        message.metadata = try MetadataProperties.encode(model.metadata)
        message.graph = try GraphExport.graph(model.graph, model.parameters, name: model.metadata.role.rawValue)
        WeightsDigest.add(to: &message)
        return ONNXEncoder.bytes(of: message)
    }
}
