package import Diagnostics
package import FoundationEssentials

/// The JSON of metadata and contracts: keys sorted, infinite thresholds as `"inf"`.
package enum MetadataJSON {
    /// - Parameter subject: what the error is about.
    /// - Throws: `ErdeError` of kind `badData` when a value has no JSON.
    package static func text(
        _ value: some Encodable, of subject: String, formatting: JSONEncoder.OutputFormatting = []
    ) throws(ErdeError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw ErdeError(.badData, subject, "cannot be written as JSON: \(error)")
        }
    }

    /// The value that `text` wrote; nil when it is none of its type.
    package static func value<Value: Decodable>(_ type: Value.Type = Value.self, in json: some Sequence<UInt8>) -> Value? {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try? decoder.decode(type, from: Data(json))
    }
}
