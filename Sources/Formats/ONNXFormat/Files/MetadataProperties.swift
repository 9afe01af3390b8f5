import Artifacts
import Diagnostics

/// A model's metadata as ONNX metadata_props: one key `erde.…` for each part, its value JSON with sorted keys.
enum MetadataProperties {
    /// - Parameter export: what an exported file says of itself.
    static func encode(
        _ metadata: ModelMetadata, _ export: ExportDescription? = nil
    ) throws(ErdeError) -> [(key: String, value: String)] {
        try metadata.properties(export).map { ("erde.\($0.key)", $0.json) }
    }

    /// - Throws: `ErdeError` of kind `badData` when keys are missing, broken or of a later version.
    static func decode(_ properties: [(key: String, value: String)], subject: String) throws(ErdeError) -> ModelMetadata {
        guard properties.contains(where: { $0.key.hasPrefix("erde.") }) else {
            throw ErdeError(
                .badData, subject, "is ONNX but was not written by erde: it names no classes and no exits",
                remedy: "give a model that erde train or erde compress wrote")
        }
        func part<Part: Decodable>(_ key: Key, as type: Part.Type = Part.self) throws(ErdeError) -> Part {
            let values = properties.filter { $0.key == key.rawValue }.map(\.value)
            guard values.count == 1 else {
                throw ErdeError(
                    .badData, subject, "has \(values.count) metadata entries \(key.rawValue), expected 1",
                    remedy: "give a complete model file")
            }
            guard let part = MetadataJSON.value(type, in: values[0].utf8) else {
                throw ErdeError(
                    .badData, subject, "metadata \(key.rawValue) is not what erde writes", remedy: "give a complete model file"
                )
            }
            return part
        }
        let version: Int = try part(.formatVersion)
        guard version == ModelMetadata.formatVersion else {
            throw ErdeError(
                .badData, subject, "has metadata of version \(version), this erde reads \(ModelMetadata.formatVersion)",
                remedy: "use the erde that wrote it, or a later one")
        }
        return ModelMetadata(
            role: try part(.role), classNames: try part(.classNames), image: try part(.image),
            cumulativeMACs: try part(.cumulativeMACs), operatingPoints: try part(.operatingPoints),
            provenance: try part(.provenance))
    }

    /// What an exported file says of itself; nil in a model's own file.
    ///
    /// - Throws: `ErdeError` of kind `badData` when the key is broken.
    static func export(
        in properties: [(key: String, value: String)], subject: String
    ) throws(ErdeError) -> ExportDescription? {
        guard let value = properties.first(where: { $0.key == Key.export.rawValue })?.value else { return nil }
        guard let description = MetadataJSON.value(ExportDescription.self, in: value.utf8) else {
            throw ErdeError(
                .badData, subject, "metadata \(Key.export.rawValue) is not what erde writes", remedy: "export the model again")
        }
        return description
    }

    private enum Key: String {
        case classNames = "erde.classNames"
        case cumulativeMACs = "erde.cumulativeMACs"
        case export = "erde.export"
        case formatVersion = "erde.formatVersion"
        case image = "erde.image"
        case operatingPoints = "erde.operatingPoints"
        case provenance = "erde.provenance"
        case role = "erde.role"
    }
}
