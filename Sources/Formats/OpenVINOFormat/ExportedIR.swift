package import Artifacts
package import Diagnostics
import FoundationEssentials

/// What an IR file that erde wrote says of itself.
package enum ExportedIR {
    private static let largest = 1 << 30

    /// The description in `rt_info` of an `.xml` file; nil when there is none, as in IR of others.
    ///
    /// - Throws: `ErdeError` of kind `notFound` when the file cannot be read, `badData` when the description is broken.
    package static func description(path: String) throws(ErdeError) -> ExportDescription? {
        guard let content = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped), content.count < largest
        else {
            throw ErdeError(.notFound, path, "cannot be read", remedy: "check the path")
        }
        guard let value = RuntimeInformation.value(of: "export", in: String(decoding: content, as: UTF8.self)) else {
            return nil
        }
        guard let json = value.unescapedFromXML,
            let description = MetadataJSON.value(ExportDescription.self, in: json.utf8)
        else {
            throw ErdeError(
                .badData, path, "rt_info of erde.export is not what erde writes", remedy: "export the model again")
        }
        return description
    }
}
