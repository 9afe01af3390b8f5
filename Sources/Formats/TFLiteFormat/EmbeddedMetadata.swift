import Artifacts
import Diagnostics
import FoundationEssentials

/// What a file says of its model, as JSON: the parts that an ONNX file has under `erde.*`, in one object.
struct EmbeddedMetadata: Encodable {
    let classNames: [String]
    let cumulativeMACs: [Int]
    let export: ExportDescription
    let formatVersion = 1
    let image: ImageFormat
    let operatingPoints: [OperatingPoint]
    let provenance: Provenance
    let role: ModelMetadata.Role

    init(_ metadata: ModelMetadata, _ export: ExportDescription) {
        classNames = metadata.classNames
        cumulativeMACs = metadata.cumulativeMACs
        self.export = export
        image = metadata.image
        operatingPoints = metadata.operatingPoints
        provenance = metadata.provenance
        role = metadata.role
    }

    /// - Throws: `ErdeError` of kind `badData`.
    func json() throws(ErdeError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            throw ErdeError(.badData, "metadata", "cannot be written as JSON: \(error)")
        }
    }
}
