/// What a file holds, told from its first bytes and never from its name.
package enum ImageContent: Hashable, Sendable {
    case png
    case jpeg
    /// Something else, in words for an error: `a GIF image`.
    case other(String)

    package static let text = ImageContent.other("text")

    /// Looks at the first bytes; 16 are enough.
    package init(of bytes: UnsafeRawBufferPointer) {
        if bytes.isEmpty {
            self = .other("an empty file")
        } else if let known = ImageContent.signatures.first(where: { $0.matches(bytes) }) {
            self = known.content
        } else if bytes.allSatisfy({ $0 == 0 }) {
            self = .other("a file of zeros")
        } else if bytes.prefix(64).allSatisfy({ $0 >= 32 && $0 < 127 || (9...13).contains($0) }) {
            self = .text
        } else {
            self = .other("no known image")
        }
    }

    /// Whether erde decodes it.
    package var isDecodable: Bool {
        switch self {
        case .png, .jpeg: true
        case .other: false
        }
    }

    private struct Signature {
        let content: ImageContent
        let offset: Int
        let bytes: [UInt8]

        func matches(_ file: UnsafeRawBufferPointer) -> Bool {
            file.count >= offset + bytes.count && file[offset..<offset + bytes.count].elementsEqual(bytes)
        }
    }

    private static func signature(_ content: ImageContent, _ text: String, at offset: Int = 0) -> Signature {
        Signature(content: content, offset: offset, bytes: Array(text.utf8))
    }

    private static let signatures: [Signature] = [
        Signature(content: .png, offset: 0, bytes: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        Signature(content: .jpeg, offset: 0, bytes: [0xFF, 0xD8, 0xFF]),
        signature(.other("a GIF image"), "GIF8"),
        signature(.other("a WebP image"), "WEBP", at: 8),
        signature(.other("a TIFF image"), "II*\0"),
        signature(.other("a TIFF image"), "MM\0*"),
        signature(.other("an AVIF image"), "ftypavif", at: 4),
        signature(.other("a HEIC image"), "ftyphei", at: 4),
        signature(.other("a HEIC image"), "ftypmif1", at: 4),
        signature(.other("an MP4 or QuickTime film"), "ftyp", at: 4),
        signature(.other("a JPEG 2000 image"), "jP  ", at: 4),
        Signature(content: .other("a JPEG XL image"), offset: 0, bytes: [0xFF, 0x0A]),
        Signature(content: .other("an icon"), offset: 0, bytes: [0, 0, 1, 0]),
        Signature(content: .other("gzip data"), offset: 0, bytes: [0x1F, 0x8B]),
        signature(.other("a ZIP archive"), "PK\u{3}\u{4}"),
        signature(.other("a PDF document"), "%PDF"),
        signature(.other("a PNM image"), "P5"),
        signature(.other("a PNM image"), "P6"),
        signature(.other("an HTML page"), "<!"),
        signature(.other("an HTML page"), "<html"),
        signature(.other("an SVG or XML document"), "<?xml"),
        signature(.other("an SVG image"), "<svg"),
        signature(.other("a Git LFS pointer, not the image itself"), "version https://git-lfs"),
        signature(.other("a BMP image"), "BM"),
    ]
}
