import Artifacts
import Diagnostics

/// The `name=value` parts behind a network's family.
struct FieldReader {
    private let network: any NetworkFamily
    private let text: String
    private var values: [String: String] = [:]

    /// - Throws: `ErdeError` of kind `usage` for a part that is none, has an unknown name or stands there twice.
    init(_ parts: ArraySlice<String>, of network: any NetworkFamily, in text: String) throws(ErdeError) {
        self.network = network
        self.text = text
        let names = network.rules.map(\.field.rawValue) + ["exits", "head", "dropout"]
        for part in parts {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard pair.count == 2, names.contains(pair[0]) else {
                throw ErdeError(
                    .usage, text,
                    "expected \(names.dropLast().map { "\($0)=" }.joined(separator: ", ")) or dropout=, found “\(part)”",
                    remedy: "write for instance \(network.examples.last ?? "")")
            }
            guard values.updateValue(pair[1], forKey: pair[0]) == nil else {
                throw ErdeError(.usage, text, "\(pair[0]) is given twice", remedy: "give it once")
            }
        }
    }

    /// The family's own fields that are given.
    func fields() throws(ErdeError) -> NetworkFields {
        var fields: NetworkFields = [:]
        for rule in network.rules {
            if let numbers = try integers(rule.field.rawValue) { fields[rule.field] = numbers }
        }
        return fields
    }

    func exits() throws(ErdeError) -> [Int]? { try integers("exits") }

    func head() throws(ErdeError) -> ArchitectureDescription.Head? {
        guard let value = values["head"] else { return nil }
        guard let head = ArchitectureDescription.Head(rawValue: value) else {
            let names = ArchitectureDescription.Head.allCases.map(\.rawValue).joined(separator: ", ")
            throw ErdeError(.usage, text, "unknown head “\(value)”", remedy: "choose \(names)")
        }
        return head
    }

    func dropout() throws(ErdeError) -> Double? {
        guard let value = values["dropout"] else { return nil }
        guard let share = Double(value) else {
            throw ErdeError(.usage, text, "dropout is a number, found “\(value)”", remedy: "write for instance dropout=0.5")
        }
        return share
    }

    private func integers(_ name: String) throws(ErdeError) -> [Int]? {
        guard let list = values[name] else { return nil }
        let parts = list.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        guard !numbers.isEmpty, numbers.count == parts.count else {
            throw ErdeError(
                .usage, text, "\(name)= takes whole numbers separated by commas, found “\(list)”",
                remedy: "write for instance \(network.examples.last ?? "")")
        }
        return numbers
    }
}
