package import Artifacts
package import Diagnostics

extension ArchitectureDescription {
    /// Reads a network's name: a family or a short name, then fields.
    ///
    /// | name | network |
    /// | --- | --- |
    /// | `preresnet-20x2` | a short name of the family |
    /// | `vgg:widths=8,16:blocks=1,2` | the family with its fields |
    /// | `vgg16:head=global:exits=4` | a short name with some things said otherwise |
    ///
    /// Beside the family's own fields there are `head`, `dropout` and `exits`: a list of blocks that an exit follows, or
    /// one number, that of the exits, which then stand as evenly as they can. The last block has an exit always.
    ///
    /// - Throws: `ErdeError` of kind `usage` that says what is expected.
    package init(parsing text: String) throws(ErdeError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let (family, base) = try ArchitectureDescription.family(named: parts[0], in: text)
        let network = family.network
        let reader = try FieldReader(parts.dropFirst(), of: network, in: text)
        let given = base.merging(try reader.fields()) { $1 }
        // The usual values of the others are calculated from these.
        for rule in network.rules { try rule.check(given.list(rule.field), as: text) }
        let fields = network.completed(given)
        for rule in network.rules where fields[rule.field] == nil {
            throw ErdeError(
                .usage, text, "\(rule.field.rawValue)= is missing", remedy: "write for instance \(network.examples.last ?? "")")
        }
        self.init(
            family: family, fields: fields, head: try reader.head() ?? network.standardHead,
            headDropout: try reader.dropout() ?? network.standardDropout)
        try validate(as: text)
        if let exits = try reader.exits() { try place(exits, in: text) }
    }

    /// The text that parses back to this description, as short as may be.
    package var name: String {
        let network = family.network
        var parts: [String]
        // A description from a file may hold any numbers, which are not to be calculated with.
        let isPossible = (try? validate(as: "")) != nil
        if isPossible, let short = network.shortName(for: fields), let meant = try? network.fields(ofShortName: short),
            network.completed(meant) == fields
        {
            parts = [short]
        } else {
            parts = [family.rawValue]
            for rule in network.rules where !isPossible || rule.standard(fields) != fields[rule.field] {
                parts.append("\(rule.field.rawValue)=\(list(self[rule.field]))")
            }
        }
        if !exits.isEmpty { parts.append("exits=\(exits.count == 1 ? "1" : list(exits))") }
        if head != network.standardHead { parts.append("head=\(head.rawValue)") }
        if headDropout != network.standardDropout { parts.append("dropout=\(headDropout)") }
        return parts.joined(separator: ":")
    }

    private func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ",") }

    /// The family that a name begins with, and the fields its short name gives.
    private static func family(
        named name: String, in text: String
    ) throws(ErdeError) -> (family: Family, fields: NetworkFields) {
        if let family = Family(rawValue: name) { return (family, [:]) }
        for family in Family.allCases {
            if let fields = try family.network.fields(ofShortName: name) { return (family, fields) }
        }
        throw ErdeError(
            .usage, text, "is not the name of a network",
            remedy: "write for instance \(Family.examples.joined(separator: ", ")) or preresnet:widths=32,64,128:blocks=3,3,3")
    }

    /// Puts exits where a name wants them: one number counts them, a list says the blocks they follow.
    private mutating func place(_ wanted: [Int], in text: String) throws(ErdeError) {
        let standard = family.network.standardExits(of: fields)
        let last = standard.last ?? 0
        if wanted.count == 1 {
            guard 1...last ~= wanted[0] else {
                throw ErdeError(
                    .usage, text, "\(wanted[0]) exits in a network of \(last) blocks", remedy: "choose 1 to \(last) exits")
            }
            exits = spread(wanted[0], over: last)
        } else {
            exits = wanted
        }
        if exits == standard { exits = [] }
        try validate(as: text)
    }
}

/// `count` blocks as evenly as can be among `last`, which is one of them.
func spread(_ count: Int, over last: Int) -> [Int] { (1...count).map { ($0 * last + count / 2) / count } }
