/// Tells archives from their first bytes.
package enum ArchiveContent {
    /// Whether a file that begins with these bytes is a zip or tar archive, or one compressed.
    ///
    /// What is inside compressed data is known only when it is opened: `name` must say tar there.
    package static func isArchive(head: [UInt8], name: String) -> Bool {
        if isZip(head) || isTar(head) { return true }
        let lower = name.lowercased()
        let saysTar = lower.contains(".tar.") || [".tgz", ".tbz", ".tbz2", ".txz", ".tzst"].contains { lower.hasSuffix($0) }
        return saysTar && compressed.contains { head.starts(with: $0) }
    }

    /// Whether a file that begins with these bytes is a plain tar archive.
    ///
    /// Those older than POSIX's have no mark; what tells them is that their first header's checksum is right.
    package static func isTar(_ head: [UInt8]) -> Bool {
        if head.count >= 262 && head[257..<262].elementsEqual("ustar".utf8) { return true }
        let checksum = 148..<156
        guard head.count >= 512, head[0] != 0 else { return false }
        let digits = head[checksum].drop { $0 == UInt8(ascii: " ") }.prefix { 0x30...0x37 ~= $0 }
        if digits.isEmpty { return false }
        let stated = digits.reduce(0) { $0 << 3 | Int($1 & 7) }
        // The checksum's own bytes count as blanks.
        let sum = head[..<512].indices.reduce(0) { $0 + (checksum.contains($1) ? 0x20 : Int(head[$1])) }
        return stated == sum
    }

    private static func isZip(_ head: [UInt8]) -> Bool {
        head.starts(with: [0x50, 0x4B, 3, 4]) || head.starts(with: [0x50, 0x4B, 5, 6])
    }

    /// gzip, bzip2, xz, Zstandard.
    private static let compressed: [[UInt8]] = [
        [0x1F, 0x8B], Array("BZh".utf8), [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], [0x28, 0xB5, 0x2F, 0xFD],
    ]
}
