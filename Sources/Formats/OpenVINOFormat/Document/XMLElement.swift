/// An element of an XML document: attributes in their order, then elements inside. It holds no text beside these.
struct XMLElement {
    let name: String
    var attributes: [(name: String, value: String)]
    var children: [XMLElement]
    /// Text between the tags; an element has either this or elements inside.
    var text: String?

    init(_ name: String, _ attributes: [(name: String, value: String)] = [], children: [XMLElement] = []) {
        self.name = name
        self.attributes = attributes
        self.children = children
    }

    init(_ name: String, text: String) {
        self.init(name)
        self.text = text
    }

    /// The document of which this is the root, in UTF-8.
    var document: String {
        var result = "<?xml version=\"1.0\"?>\n"
        append(to: &result, depth: 0)
        return result
    }

    private func append(to result: inout String, depth: Int) {
        let indentation = String(repeating: "\t", count: depth)
        result += "\(indentation)<\(name)"
        for (name, value) in attributes { result += " \(name)=\"\(value.escapedForXML)\"" }
        if let text {
            result += ">\(text.escapedForXML)</\(name)>\n"
        } else if children.isEmpty {
            result += " />\n"
        } else {
            result += ">\n"
            for child in children { child.append(to: &result, depth: depth + 1) }
            result += "\(indentation)</\(name)>\n"
        }
    }
}

extension String {
    /// The text as attributes and elements hold it (XML 1.0, sections 2.2 and 2.4): what marks up becomes an entity, white
    /// space that a reader would turn into blanks a character reference. A character that XML has not becomes U+FFFD.
    var escapedForXML: String {
        var result = ""
        result.reserveCapacity(utf8.count)
        for scalar in unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result += "&#\(scalar.value);"
            case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// What was escaped, as it was; nil when it is no text of an attribute.
    var unescapedFromXML: String? {
        let parts = split(separator: "&", omittingEmptySubsequences: false)
        var result = String(parts[0])
        for part in parts.dropFirst() {
            guard let end = part.firstIndex(of: ";") else { return nil }
            switch part[..<end] {
            case "amp": result += "&"
            case "lt": result += "<"
            case "gt": result += ">"
            case "quot": result += "\""
            case "apos": result += "'"
            case let reference where reference.hasPrefix("#"):
                guard let scalar = UInt32(reference.dropFirst()).flatMap(Unicode.Scalar.init) else { return nil }
                result.unicodeScalars.append(scalar)
            default: return nil
            }
            result += part[part.index(after: end)...]
        }
        return result
    }
}
