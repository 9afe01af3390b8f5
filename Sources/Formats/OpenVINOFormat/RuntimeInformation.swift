import Artifacts
import Diagnostics

/// A model's metadata as `rt_info` of an IR file: below `erde` the keys that ONNX files have behind `erde.`, each value JSON
/// with sorted keys. In Python `model.get_rt_info(["erde", "classNames"])` gives one.
enum RuntimeInformation {
    private static let root = "erde"

    /// - Throws: `ErdeError` of kind `badData` when something cannot be written as JSON.
    static func elements(
        _ metadata: ModelMetadata, _ description: ExportDescription
    ) throws(ErdeError) -> [XMLElement] {
        let parts = try metadata.properties(description)
        return [XMLElement(root, children: parts.map { XMLElement($0.key, [("value", $0.json)]) })]
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
}
