import Artifacts
import Testing

/// An IR network as a reader takes it apart: a strict reading of its XML, which fails on anything that is no such document.
struct IRFile {
    /// An element with what is in it.
    final class Element {
        let name: String
        var attributes: [String: String] = [:]
        var children: [Element] = []
        var text = ""

        init(_ name: String) { self.name = name }

        func child(_ name: String) -> Element? { children.first { $0.name == name } }

        subscript(attribute: String) -> String { attributes[attribute] ?? "" }
    }

    struct Malformed: Error { let position: Int }

    let root: Element
    let weights: [UInt8]

    var layers: [Element] { root.child("layers")?.children ?? [] }
    var edges: [Element] { root.child("edges")?.children ?? [] }

    init(xml: FileContent, bin: FileContent) throws {
        var parser = Parser(text: Array(String(decoding: xml.bytes, as: UTF8.self).unicodeScalars))
        root = try parser.document()
        weights = bin.bytes
    }

    func layers(_ type: String) -> [Element] { layers.filter { $0["type"] == type } }

    /// The bytes of a constant, within the file and where its `data` says.
    func content(of layer: Element) throws -> [UInt8] {
        let data = try #require(layer.child("data"))
        let (offset, size) = (try #require(Int(data["offset"])), try #require(Int(data["size"])))
        try #require(offset >= 0 && size >= 0 && offset + size <= weights.count)
        return Array(weights[offset..<offset + size])
    }

    func floats(of layer: Element) throws -> [Float] {
        let bytes = try content(of: layer)
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) })
        }
    }

    /// The layer that an input of a layer reads.
    func source(of layer: Element, _ port: Int) throws -> Element {
        let edge = try #require(edges.first { $0["to-layer"] == layer["id"] && $0["to-port"] == "\(port)" })
        return try #require(layers.first { $0["id"] == edge["from-layer"] })
    }

    private struct Parser {
        let text: [Unicode.Scalar]
        var position = 0

        mutating func document() throws -> Element {
            try expect("<?xml version=\"1.0\"?>")
            blanks()
            let root = try element()
            blanks()
            guard position == text.count else { throw Malformed(position: position) }
            return root
        }

        private mutating func element() throws -> Element {
            try expect("<")
            let element = Element(try name())
            while true {
                blanks()
                if accept("/>") { return element }
                if accept(">") { break }
                let key = try name()
                try expect("=\"")
                guard element.attributes.updateValue(try characters(until: "\""), forKey: key) == nil else {
                    throw Malformed(position: position)
                }
                try expect("\"")
            }
            while true {
                let text = try characters(until: "<")
                if accept("</") {
                    element.text = text
                    guard try name() == element.name else { throw Malformed(position: position) }
                    try expect(">")
                    return element
                }
                element.children.append(try self.element())
            }
        }

        private mutating func name() throws -> String {
            let start = position
            while position < text.count, text[position].isPartOfName { position += 1 }
            guard position > start else { throw Malformed(position: position) }
            return String(String.UnicodeScalarView(text[start..<position]))
        }

        private mutating func characters(until end: Unicode.Scalar) throws -> String {
            var result = String.UnicodeScalarView()
            while position < text.count, text[position] != end {
                let scalar = text[position]
                position += 1
                switch scalar {
                case "<", ">": throw Malformed(position: position)
                case "&":
                    let start = position
                    while position < text.count, text[position] != ";" { position += 1 }
                    result.append(try entity(String(String.UnicodeScalarView(text[start..<position]))))
                    try expect(";")
                default:
                    let isBlank = scalar == "\n" || scalar == "\t"
                    // Within an attribute a reader would make a blank of it.
                    guard scalar.value >= 0x20 || isBlank && end == "<" else { throw Malformed(position: position) }
                    result.append(scalar)
                }
            }
            return String(result)
        }

        private func entity(_ name: String) throws -> Unicode.Scalar {
            if name.hasPrefix("#"), let number = UInt32(name.dropFirst()), let scalar = Unicode.Scalar(number) { return scalar }
            guard let scalar = ["amp": "&", "lt": "<", "gt": ">", "quot": "\""][name] as Unicode.Scalar? else {
                throw Malformed(position: position)
            }
            return scalar
        }

        private mutating func blanks() {
            while position < text.count, " \t\n".unicodeScalars.contains(text[position]) { position += 1 }
        }

        private mutating func accept(_ token: String) -> Bool {
            let scalars = Array(token.unicodeScalars)
            guard text[position...].starts(with: scalars) else { return false }
            position += scalars.count
            return true
        }

        private mutating func expect(_ token: String) throws {
            guard accept(token) else { throw Malformed(position: position) }
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isPartOfName: Bool { properties.isAlphabetic || "0123456789-_.".unicodeScalars.contains(self) }
}
