/// Walks through a page's tags and says what is out of place.
struct HTMLChecker {
    private(set) var problems: [String] = []
    private(set) var tagCounts: [String: Int] = [:]
    /// Values of all attributes, by attribute name.
    private(set) var attributes: [String: [String]] = [:]

    init(_ page: String) {
        var open: [String] = []
        var rest = page[...]
        while let start = rest.firstIndex(of: "<") {
            rest = rest[rest.index(after: start)...]
            guard let end = rest.firstIndex(of: ">") else {
                problems.append("a tag is not closed")
                return
            }
            let tag = String(rest[..<end])
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("!DOCTYPE") { continue }
            if tag.hasPrefix("/") {
                let name = String(tag.dropFirst())
                if open.last == name { open.removeLast() } else { problems.append("</\(name)> closes \(open.last ?? "nothing")") }
                continue
            }
            let name = String(tag.prefix { $0 != " " && $0 != "/" })
            if !name.allSatisfy({ $0.isLetter || $0.isNumber }) || name.isEmpty { problems.append("<\(tag)> is no tag") }
            tagCounts[name, default: 0] += 1
            read(attributesOf: tag)
            if !tag.hasSuffix("/") && !["meta", "img", "br"].contains(name) { open.append(name) }
        }
        if !open.isEmpty { problems.append("left open: \(open)") }
    }

    private mutating func read(attributesOf tag: String) {
        let pieces = tag.split(separator: "\"", omittingEmptySubsequences: false)
        if pieces.count.isMultiple(of: 2) { problems.append("quotes of <\(tag)>") }
        for (place, piece) in pieces.enumerated() where !place.isMultiple(of: 2) {
            let name = pieces[place - 1].drop { $0 == "/" }.split(separator: " ").last.map { $0.dropLast() } ?? ""
            attributes[String(name), default: []].append(String(piece))
        }
    }
}
