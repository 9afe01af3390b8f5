package import Artifacts
package import Diagnostics

/// What an exported ONNX file says of itself.
package struct ExportedFile: Sendable {
    package let description: ExportDescription
    /// Of the model that it was made from; of the part that is left, for a cut.
    package let metadata: ModelMetadata
    package let irVersion: Int64
    package let operatorSet: Int64
    /// Names and shapes: `image [N, 3, 32, 32]`.
    package let inputs: [String]
    package let outputs: [String]

    /// Reads what an ONNX file says of itself; nil when it is not an export.
    ///
    /// - Throws: `ErdeError` of kind `notFound` when the file cannot be opened, `badData` when it is no ONNX file, or one
    ///   with broken metadata.
    package static func read(path: String) throws(ErdeError) -> ExportedFile? {
        let message = try ONNXDecoder.model(from: try ModelFile.bytes(of: path), subject: path)
        guard let description = try MetadataProperties.export(in: message.metadata, subject: path) else { return nil }
        return ExportedFile(
            description: description, metadata: try MetadataProperties.decode(message.metadata, subject: path),
            irVersion: message.irVersion, operatorSet: message.operatorSets[""] ?? 0,
            inputs: message.graph.inputs.map(\.text), outputs: message.graph.outputs.map(\.text))
    }
}
