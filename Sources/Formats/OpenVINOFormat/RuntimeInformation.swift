import Artifacts
import Diagnostics
import FoundationEssentials

/// A model's metadata as `rt_info` of an IR file: below `erde` the keys that ONNX files have behind `erde.`, each value JSON
/// with sorted keys. In Python `model.get_rt_info(["erde", "classNames"])` gives one.
enum RuntimeInformation {
    /// Version of the keys.
    private static let formatVersion = 1
    private static let root = "erde"

    /// - Throws: `ErdeError` of kind `badData` when something cannot be written as JSON.
    static func elements(
        _ metadata: ModelMetadata, _ description: ExportDescription
    ) throws(ErdeError) -> [XMLElement] {
        [
            XMLElement(
                root,
                children: [
                    try element("classNames", metadata.classNames),
                    try element("cumulativeMACs", metadata.cumulativeMACs),
                    try element("export", description),
                    try element("formatVersion", formatVersion),
                    try element("image", metadata.image),
                    try element("operatingPoints", metadata.operatingPoints),
                    try element("provenance", metadata.provenance),
                    try element("role", metadata.role),
                ])
        ]
    }

    /// The text that `elements` wrote for a key, wherever in a document it is; nil when it is not there.
    static func value(of key: String, in document: String) -> String? {
        let text = Substring(document)
        guard let start = text.firstRange(of: "<\(root)>")?.upperBound,
            let end = text[start...].firstRange(of: "</\(root)>")?.lowerBound,
            let value = text[start..<end].firstRange(of: "<\(key) value=\"")?.upperBound,
            let quote = text[value..<end].firstIndex(of: "\"")
        else { return nil }
        return String(text[value..<quote])
    }

    private static func element(_ key: String, _ value: some Encodable) throws(ErdeError) -> XMLElement {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return XMLElement(key, [("value", String(decoding: try encoder.encode(value), as: UTF8.self))])
        } catch {
            throw ErdeError(.badData, "rt_info of erde.\(key)", "cannot be written as JSON: \(error)")
        }
    }
}
