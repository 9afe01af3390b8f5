package import Diagnostics

/// An IDX file of unsigned bytes, plain or gzip: the format of MNIST and its descendants.
///
/// Big endian: two zero bytes, the element type (8), the rank, each extent as 32 bits, the elements.
package struct IDXFile: Sendable {
    /// What errors call the file.
    package let name: String
    package let extents: [Int]
    private let bytes: [UInt8]
    private let start: Int

    /// All elements, which share the file's memory.
    package var elements: ArraySlice<UInt8> { bytes[start...] }

    /// The rank that a file's first bytes promise, or nil when it is no IDX file of bytes.
    package static func rank(head: [UInt8]) -> Int? {
        let magic = Inflation.isGzip(head) ? Inflation.prefix(head, count: 4) : head
        guard magic.count >= 4, magic[0] == 0, magic[1] == 0, magic[2] == 8, (1...4).contains(magic[3]) else { return nil }
        return Int(magic[3])
    }

    /// Takes a whole file apart.
    ///
    /// - Throws: `ErdeError` of kind `badData` about `name`.
    package init(_ file: [UInt8], name: String, rank: Int) throws(ErdeError) {
        let bytes = try IDXFile.unpacked(file, name: name)
        let start = 4 + 4 * rank
        guard bytes.count >= start else {
            throw ErdeError(
                .badData, name, "truncated: \(bytes.count) bytes where \(start) are expected", remedy: "get the file again")
        }
        guard bytes[0...2].elementsEqual([0, 0, 8]), bytes[3] == rank else {
            throw ErdeError(.badData, name, "expected an IDX file of bytes with \(rank) extents", remedy: "get the file again")
        }
        var total = 1
        var extents: [Int] = []
        for axis in 0..<rank {
            let extent = bytes[(4 + 4 * axis)..<(8 + 4 * axis)].reduce(0) { $0 << 8 | Int($1) }
            extents.append(extent)
            let (product, overflows) = total.multipliedReportingOverflow(by: extent)
            if overflows || product > IDXFile.byteLimit || extent == 0 {
                throw ErdeError(.badData, name, "extents \(extents) cannot be right", remedy: "get the file again")
            }
            total = product
        }
        if bytes.count - start < total {
            throw ErdeError(
                .badData, name, "truncated: \(bytes.count - start) bytes where \(total) are expected",
                remedy: "get the file again")
        }
        if bytes.count - start > total {
            throw ErdeError(.badData, name, "longer than its extents \(extents) say", remedy: "get the file again")
        }
        self.name = name
        self.extents = extents
        self.bytes = bytes
        self.start = start
    }

    /// Most bytes of a file.
    package static let byteLimit = 64 << 30

    private static func unpacked(_ file: [UInt8], name: String) throws(ErdeError) -> [UInt8] {
        guard Inflation.isGzip(file) else { return file }
        var failure: ErdeError?
        let bytes = file.withUnsafeBytes { bytes in
            do throws(ErdeError) {
                // Deflate cannot make more of a byte than this.
                return try Inflation.inflate(bytes, limit: min(byteLimit, 1040 * bytes.count + 1024), name: name)
            } catch {
                failure = error
                return []
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
