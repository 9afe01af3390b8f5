package import FoundationEssentials

/// The folder of golden files, found from where this file was compiled.
package enum GoldenFolder {
    /// The bytes of one of the files in `Tests/Goldens`.
    package static func contents(of name: String) throws -> Data { try Data(contentsOf: URL(filePath: path(of: name))) }

    /// Where one of the files in `Tests/Goldens` lies.
    package static func path(of name: String) -> String {
        let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        return "\(tests)/Goldens/\(name)"
    }

    /// One of the files in `Tests/Goldens`, decoded.
    package static func decode<Content: Decodable>(_ type: Content.Type, from name: String) throws -> Content {
        try JSONDecoder().decode(type, from: contents(of: name))
    }
}
