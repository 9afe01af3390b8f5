import Diagnostics
import FoundationEssentials

/// Values as JSON with sorted keys.
enum JSONText {
    static func text(_ value: some Encodable) throws(ErdeError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw ErdeError(.badData, "JSON", "cannot be written: \(error)")
        }
    }
}
