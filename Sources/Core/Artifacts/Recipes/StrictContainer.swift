import Diagnostics

/// The keys of a recipe being read: unknown ones are refused, missing ones keep what they had.
struct StrictContainer<Key: CodingKey & CaseIterable> {
    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }

        init?(intValue: Int) { nil }
    }

    private let container: KeyedDecodingContainer<Key>
    private let path: [any CodingKey]

    init(_ decoder: any Decoder, keys: Key.Type) throws {
        path = decoder.codingPath
        let known = Key.allCases.map(\.stringValue)
        for key in try decoder.container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
            throw ErdeError(
                .usage, (path + [key]).map(\.stringValue).joined(separator: "."), "is not a key of a recipe",
                remedy: "the keys here are \(known.sorted().joined(separator: ", "))")
        }
        container = try decoder.container(keyedBy: Key.self)
    }

    /// Replaces `value` if the key is there.
    func read<Value: Decodable>(_ key: Key, into value: inout Value) throws {
        if container.contains(key) { value = try decode(key) }
    }

    /// Replaces `value` if the key is there; null makes it nil.
    func read<Value: Decodable>(_ key: Key, into value: inout Value?) throws {
        guard container.contains(key) else { return }
        value = try container.decodeNil(forKey: key) ? nil : decode(key) as Value
    }

    private func decode<Value: Decodable>(_ key: Key) throws -> Value {
        let problem: String
        do {
            return try container.decode(Value.self, forKey: key)
        } catch let error as ErdeError {
            throw error
        } catch let error as DecodingError {
            problem = error.problem
        } catch {
            // Numbers that do not fit their type come as an error of the decoder's own.
            problem = "is not of type \(Value.self)"
        }
        throw ErdeError(
            .usage, (path + [key]).map(\.stringValue).joined(separator: "."), problem, remedy: remedy(for: Value.self))
    }

    private func remedy<Value>(for type: Value.Type) -> String {
        if let choices = type as? any CaseIterable.Type { return "choose \(names(of: choices))" }
        return "give \(type == Bool.self ? "true or false" : type == String.self ? "a text" : "a number")"
    }

    private func names<Choices: CaseIterable>(of type: Choices.Type) -> String {
        type.allCases.map { ($0 as? any RawRepresentable)?.rawValue as? String ?? "\($0)" }.joined(separator: ", ")
    }
}

extension DecodingError {
    /// What is wrong, without the path.
    var problem: String {
        switch self {
        case .typeMismatch(let type, _), .valueNotFound(let type, _): "is not of type \(type)"
        case .keyNotFound(let key, _): "has no key \(key.stringValue)"
        case .dataCorrupted(let context): context.debugDescription
        @unknown default: "cannot be read"
        }
    }
}

/// Throws a usage error about `key` unless `condition` holds.
func require(_ condition: Bool, _ key: String, _ problem: @autoclosure () -> String) throws(ErdeError) {
    if !condition { throw ErdeError(.usage, key, problem(), remedy: "change \(key)") }
}
