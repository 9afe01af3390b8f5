import Glibc

/// A path as the system has it: any bytes but zero, which need not be UTF-8.
package struct FileName: Hashable, Sendable {
    /// The bytes and a zero, as C wants them.
    private let terminated: [UInt8]

    /// - Parameter bytes: what comes before the first zero is taken.
    package init(_ bytes: some Collection<UInt8>) {
        terminated = FileName.terminated(bytes, after: [])
    }

    package init(_ text: String) { self.init(text.utf8) }

    /// A name in a folder; an empty folder adds nothing.
    ///
    /// - Parameter name: what comes before the first zero is taken.
    package init(_ name: some Collection<UInt8>, in folder: FileName) {
        terminated = FileName.terminated(name, after: folder.bytes)
    }

    private static func terminated(_ name: some Collection<UInt8>, after folder: ArraySlice<UInt8>) -> [UInt8] {
        name.withContiguousElements { terminated($0, after: folder) }
    }

    private static func terminated(_ name: UnsafeBufferPointer<UInt8>, after folder: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(folder.count + name.count + 2)
        bytes += folder
        if let last = bytes.last, last != UInt8(ascii: "/") { bytes.append(UInt8(ascii: "/")) }
        bytes += name.prefix { $0 != 0 }
        bytes.append(0)
        return bytes
    }

    /// Without the zero.
    package var bytes: ArraySlice<UInt8> { terminated.dropLast() }

    package var isEmpty: Bool { terminated.count == 1 }

    /// What comes after the last `/`.
    package var last: ArraySlice<UInt8> {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return bytes }
        return bytes[(slash + 1)...]
    }

    /// What the symbolic link of this name says; nil for what is no link.
    package var linkDestination: FileName? {
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, filled in
            let room = UnsafeMutableRawPointer(buffer.baseAddress!).assumingMemoryBound(to: CChar.self)
            filled = max(0, withCString { readlink($0, room, buffer.count) })
        }
        return bytes.isEmpty ? nil : FileName(bytes)
    }

    /// As text, where it is UTF-8; other bytes become U+FFFD.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether `text` says all.
    package var isUTF8: Bool { String(validating: bytes, as: UTF8.self) != nil }

    /// On one line and harmless on a terminal: bytes that are no printable text as `\n` or `\xFF`.
    package var readable: String {
        let isPlain = bytes.allSatisfy { 0x20...0x7E ~= $0 && $0 != UInt8(ascii: "\\") }
        if isPlain { return text }
        let keepsLetters = isUTF8
        var line: [UInt8] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n"): line += "\\n".utf8
            case UInt8(ascii: "\r"): line += "\\r".utf8
            case UInt8(ascii: "\t"): line += "\\t".utf8
            case UInt8(ascii: "\\"): line += "\\\\".utf8
            case 0x20...0x7E: line.append(byte)
            case 0x80... where keepsLetters: line.append(byte)
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                line += "\\x\(digits.count == 1 ? "0" : "")\(digits)".utf8
            }
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// Lends the path to a call into C.
    package func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        terminated.withUnsafeBytes { body($0.assumingMemoryBound(to: CChar.self).baseAddress!) }
    }
}
