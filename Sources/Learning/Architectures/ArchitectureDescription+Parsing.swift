package import Artifacts
package import Diagnostics

extension ArchitectureDescription {
    /// Reads a network's name.
    ///
    /// | name | network |
    /// | --- | --- |
    /// | `preresnet-20x2` | depth 20 = 6n + 2, so n = 3 blocks a stage; widths 16, 32, 64 times 2; stem as wide as the first stage |
    /// | `wrn-16-4` | depth 16 = 6n + 4, so n = 2; widths 16, 32, 64 times 4; stem 16 |
    /// | `preresnet:widths=32,64,128:blocks=3,3,3:head=pool2` | everything said; `stem`, `head` and `dropout` may be left out |
    ///
    /// - Throws: `ErdeError` of kind `usage` that says what is expected.
    package init(parsing text: String) throws(ErdeError) {
        if text.contains(":") {
            self = try ArchitectureDescription.explicit(text)
        } else {
            self = try ArchitectureDescription.named(text)
        }
        try validate(as: text)
    }

    /// The shortest text that parses back to this description.
    package var name: String {
        if let short = shortName { return short }
        var fields = ["\(family.rawValue):widths=\(list(widths)):blocks=\(list(blocks))"]
        if stem != ArchitectureDescription.standardStem(family, widths: widths) { fields.append("stem=\(stem)") }
        if head != .pool2 { fields.append("head=\(head.rawValue)") }
        if headDropout != 0.5 { fields.append("dropout=\(headDropout)") }
        return fields.joined(separator: ":")
    }

    /// The name by depth and width, when these say everything.
    private var shortName: String? {
        guard let count = blocks.first, blocks.count == 3, let width = widths.first, width % 16 == 0, width > 0 else {
            return nil
        }
        let multiplier = width / 16
        let standard = ArchitectureDescription.standard(family, blocks: count, multiplier: multiplier)
        guard self == standard else { return nil }
        switch family {
        case .preresnet: return "preresnet-\(6 * count + 2)" + (multiplier == 1 ? "" : "x\(multiplier)")
        case .wrn: return "wrn-\(6 * count + 4)-\(multiplier)"
        }
    }

    private func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ",") }

    private static func standardStem(_ family: Family, widths: [Int]) -> Int {
        switch family {
        case .preresnet: widths.first ?? 16
        case .wrn: 16
        }
    }

    private static func standard(_ family: Family, blocks: Int, multiplier: Int) -> ArchitectureDescription {
        let widths = [16, 32, 64].map { $0 * multiplier }
        return ArchitectureDescription(
            family: family, widths: widths, blocks: [blocks, blocks, blocks], stem: standardStem(family, widths: widths))
    }

    private static func named(_ text: String) throws(ErdeError) -> ArchitectureDescription {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let family = parts.first.flatMap({ Family(rawValue: String($0)) }) else { throw unknown(text) }
        var depthText: Substring
        var multiplierText: Substring = "1"
        switch family {
        case .preresnet:
            guard parts.count == 2 else { throw unknown(text) }
            let pair = parts[1].split(separator: "x", omittingEmptySubsequences: false)
            guard pair.count == 1 || pair.count == 2 else { throw unknown(text) }
            depthText = pair[0]
            if pair.count == 2 { multiplierText = pair[1] }
        case .wrn:
            guard parts.count == 3 else { throw unknown(text) }
            depthText = parts[1]
            multiplierText = parts[2]
        }
        guard let depth = Int(depthText), let multiplier = Int(multiplierText), 1...1024 ~= multiplier, depth < 10_000 else {
            throw unknown(text)
        }
        let remainder = family == .preresnet ? 2 : 4
        guard depth > remainder, (depth - remainder) % 6 == 0 else {
            throw ErdeError(
                .usage, text, "the depth of a \(family.rawValue) is 6n + \(remainder), found \(depth)",
                remedy: "choose \(6 + remainder), \(12 + remainder), \(18 + remainder) …")
        }
        return standard(family, blocks: (depth - remainder) / 6, multiplier: multiplier)
    }

    private static func explicit(_ text: String) throws(ErdeError) -> ArchitectureDescription {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let family = Family(rawValue: String(parts[0])) else { throw unknown(text) }
        var fields: [String: String] = [:]
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, ["widths", "blocks", "stem", "head", "dropout"].contains(pair[0]) else {
                throw ErdeError(
                    .usage, text, "expected widths=, blocks=, stem=, head= or dropout=, found “\(part)”",
                    remedy: "write for instance preresnet:widths=32,64,128:blocks=3,3,3")
            }
            guard fields.updateValue(String(pair[1]), forKey: String(pair[0])) == nil else {
                throw ErdeError(.usage, text, "\(pair[0]) is given twice", remedy: "give it once")
            }
        }
        let widths = try integers(fields["widths"], "widths", in: text)
        let blocks = try integers(fields["blocks"], "blocks", in: text)
        var description = ArchitectureDescription(
            family: family, widths: widths, blocks: blocks, stem: standardStem(family, widths: widths))
        if let stem = fields["stem"] { description.stem = try integers(stem, "stem", in: text)[0] }
        if let head = fields["head"] {
            guard let known = Head(rawValue: head) else {
                throw ErdeError(
                    .usage, text, "unknown head “\(head)”",
                    remedy: "choose \(Head.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            description.head = known
        }
        if let dropout = fields["dropout"] {
            guard let share = Double(dropout) else {
                throw ErdeError(.usage, text, "dropout is a number, found “\(dropout)”", remedy: "write for instance dropout=0.5")
            }
            description.headDropout = share
        }
        return description
    }

    private static func integers(_ list: String?, _ field: String, in text: String) throws(ErdeError) -> [Int] {
        let parts = (list ?? "").split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        guard !numbers.isEmpty, numbers.count == parts.count else {
            throw ErdeError(
                .usage, text, "\(field)= takes whole numbers separated by commas, found “\(list ?? "nothing")”",
                remedy: "write for instance preresnet:widths=32,64,128:blocks=3,3,3")
        }
        return numbers
    }

    private static func unknown(_ text: String) -> ErdeError {
        ErdeError(
            .usage, text, "is not the name of a network",
            remedy: "write for instance preresnet-20x2, wrn-16-4 or preresnet:widths=32,64,128:blocks=3,3,3")
    }
}
