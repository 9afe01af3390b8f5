import Artifacts
import Diagnostics
import FoundationEssentials

/// Values as JSON with sorted keys, a line for each, infinite ones as `"inf"`.
enum JSONText {
    static func text(_ value: some Encodable) throws(ErdeError) -> String {
        try MetadataJSON.text(value, of: "the result", formatting: .prettyPrinted)
    }
}
