import Artifacts
import Diagnostics
import FoundationEssentials

/// A model's metadata as ONNX metadata_props: one key `erde.…` for each part, its value JSON with sorted keys.
enum MetadataProperties {
    /// Version of the keys below; a file with a later one is refused.
    static let formatVersion = 1

    /// - Parameter export: what an exported file says of itself.
    static func encode(
        _ metadata: ModelMetadata, _ export: ExportDescription? = nil
    ) throws(ErdeError) -> [(key: String, value: String)] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        func property(_ key: Key, _ value: some Encodable) throws(ErdeError) -> (key: String, value: String) {
            do {
                return (key.rawValue, String(decoding: try encoder.encode(value), as: UTF8.self))
            } catch {
                throw ErdeError(.badData, key.rawValue, "cannot be written as JSON: \(error)")
            }
        }
        return [
            try property(.classNames, metadata.classNames),
            try property(.cumulativeMACs, metadata.cumulativeMACs),
        ] + (export == nil ? [] : [try property(.export, export)]) + [
            try property(.formatVersion, formatVersion),
            try property(.image, metadata.image),
            try property(.operatingPoints, metadata.operatingPoints),
            try property(.provenance, metadata.provenance),
            try property(.role, metadata.role),
        ]
    }

    /// - Throws: `ErdeError` of kind `badData` when keys are missing, broken or of a later version.
    static func decode(_ properties: [(key: String, value: String)], subject: String) throws(ErdeError) -> ModelMetadata {
        guard properties.contains(where: { $0.key.hasPrefix("erde.") }) else {
            throw ErdeError(
                .badData, subject, "is ONNX but was not written by erde: it names no classes and no exits",
                remedy: "give a model that erde train or erde compress wrote")
        }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        func part<Part: Decodable>(_ key: Key, as type: Part.Type = Part.self) throws(ErdeError) -> Part {
            let values = properties.filter { $0.key == key.rawValue }.map(\.value)
            guard values.count == 1 else {
                throw ErdeError(
                    .badData, subject, "has \(values.count) metadata entries \(key.rawValue), expected 1",
                    remedy: "give a complete model file")
            }
            do {
                return try decoder.decode(type, from: Data(values[0].utf8))
            } catch {
                throw ErdeError(
                    .badData, subject, "metadata \(key.rawValue) is not what erde writes", remedy: "give a complete model file"
                )
            }
        }
        let version: Int = try part(.formatVersion)
        guard version == formatVersion else {
            throw ErdeError(
                .badData, subject, "has metadata of version \(version), this erde reads \(formatVersion)",
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
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return try decoder.decode(ExportDescription.self, from: Data(value.utf8))
        } catch {
            throw ErdeError(
                .badData, subject, "metadata \(Key.export.rawValue) is not what erde writes", remedy: "export the model again")
        }
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
