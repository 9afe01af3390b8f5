import Diagnostics

/// Takes numbers and runs of bytes from the front of a file in memory, and refuses to go beyond its end.
struct ByteReader {
    let bytes: ArraySlice<UInt8>
    /// What errors call the file.
    let name: String
    var isBigEndian = false
    private(set) var offset: Int

    init(_ bytes: ArraySlice<UInt8>, name: String, isBigEndian: Bool = false) {
        self.bytes = bytes
        self.name = name
        self.isBigEndian = isBigEndian
        offset = bytes.startIndex
    }

    var remaining: Int { bytes.endIndex - offset }

    /// The next bytes, which share the file's memory.
    mutating func take(_ count: Int) throws(ErdeError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else {
            throw ErdeError(
                .badData, name, "truncated: \(count) bytes are expected at \(offset - bytes.startIndex), \(remaining) are there",
                remedy: "get the file again")
        }
        offset += count
        return bytes[(offset - count)..<offset]
    }

    mutating func byte() throws(ErdeError) -> UInt8 { try take(1).first ?? 0 }

    /// An unsigned number of up to eight bytes.
    mutating func number(_ count: Int) throws(ErdeError) -> UInt64 {
        let taken = try take(count)
        return isBigEndian
            ? taken.reduce(0) { $0 << 8 | UInt64($1) } : taken.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A length, which must fit into the memory of this machine.
    mutating func length(_ count: Int) throws(ErdeError) -> Int { Int(clamping: try number(count)) }

    mutating func signed32() throws(ErdeError) -> Int { Int(Int32(truncatingIfNeeded: try number(4))) }

    /// The bytes up to a line end, which is passed over.
    mutating func line(limit: Int) throws(ErdeError) -> ArraySlice<UInt8> {
        guard let end = bytes[offset...].prefix(limit).firstIndex(of: 0x0A) else {
            throw ErdeError(.badData, name, "a line does not end", remedy: "get the file again")
        }
        let line = bytes[offset..<end]
        offset = end + 1
        return line
    }
}
