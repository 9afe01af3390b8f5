package import Diagnostics
import FoundationEssentials

extension Recipe {
    /// Reads a recipe from JSON, strictly.
    ///
    /// - Parameter name: the file or option that the text comes from.
    /// - Throws: `ErdeError` of kind `usage` that names the file and the key.
    package init(json bytes: some Sequence<UInt8>, name: String) throws(ErdeError) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(bytes))
        } catch let error as ErdeError {
            throw ErdeError(error.kind, "\(name): \(error.subject)", error.problem, remedy: error.remedy)
        } catch let error as DecodingError {
            // What is wrong behind a key is an error of ours.
            let problem =
                switch error {
                case .dataCorrupted: "is no JSON"
                case .typeMismatch, .valueNotFound: "is no JSON object"
                default: error.problem
                }
            throw ErdeError(.usage, name, problem, remedy: "write one JSON object")
        } catch {
            throw ErdeError(.usage, name, "cannot be read: \(error)", remedy: "write one JSON object")
        }
    }

    /// The recipe as JSON with sorted keys, every key written.
    package func json() throws(ErdeError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(self))
        } catch {
            throw ErdeError(.badData, "recipe", "cannot be written as JSON: \(error)", remedy: "use finite numbers")
        }
    }
}
