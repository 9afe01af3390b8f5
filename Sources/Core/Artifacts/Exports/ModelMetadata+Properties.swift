package import Diagnostics

extension ModelMetadata {
    /// A part of the metadata as a file has it.
    package struct Property: Sendable {
        /// Files put `erde.` or the like before it.
        package let key: String
        package let json: String
    }

    /// Version of the keys; a file with a later one is refused.
    package static let formatVersion = 1

    /// All parts, in the order of their keys.
    ///
    /// - Parameter export: what an exported file says of itself.
    /// - Throws: `ErdeError` of kind `badData` when a part has no JSON.
    package func properties(_ export: ExportDescription? = nil) throws(ErdeError) -> [Property] {
        func property(_ key: String, _ value: some Encodable) throws(ErdeError) -> Property {
            Property(key: key, json: try MetadataJSON.text(value, of: "erde.\(key)"))
        }
        return [
            try property("classNames", classNames),
            try property("cumulativeMACs", cumulativeMACs),
        ] + (export == nil ? [] : [try property("export", export)]) + [
            try property("formatVersion", ModelMetadata.formatVersion),
            try property("image", image),
            try property("operatingPoints", operatingPoints),
            try property("provenance", provenance),
            try property("role", role),
        ]
    }
}
