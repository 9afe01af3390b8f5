import CZ
import Diagnostics
import Glibc

/// An IDX file of unsigned bytes, plain or gzip: the format of MNIST and its descendants.
///
/// Big endian: two zero bytes, the element type (8), the rank, each extent as 32 bits, the elements.
struct IDXFile {
    let path: String
    let extents: [Int]
    let elements: [UInt8]

    /// The rank that a file's first bytes promise, or nil when it is no IDX file of bytes.
    static func rank(of path: String) -> Int? {
        guard let stream = gzopen(path, "rb") else { return nil }
        defer { gzclose(stream) }
        var magic: [UInt8] = [0, 0, 0, 0]
        guard gzread(stream, &magic, 4) == 4, magic[0] == 0, magic[1] == 0, magic[2] == 8, (1...4).contains(magic[3]) else {
            return nil
        }
        return Int(magic[3])
    }

    /// Reads a whole file.
    ///
    /// - Throws: `ErdeError` of kind `notFound` or `badData`.
    init(_ path: String, rank: Int) throws(ErdeError) {
        guard let stream = gzopen(path, "rb") else {
            throw ErdeError(
                .notFound, path, "cannot be read: \(String(cString: strerror(errno)))", remedy: "check the path and rights")
        }
        defer { gzclose(stream) }
        gzbuffer(stream, 1 << 18)
        let header = try IDXFile.read(4 + 4 * rank, from: stream, path: path)
        guard header[0...2].elementsEqual([0, 0, 8]), header[3] == rank else {
            throw ErdeError(.badData, path, "expected an IDX file of bytes with \(rank) extents", remedy: "get the file again")
        }
        var total = 1
        var extents: [Int] = []
        for axis in 0..<rank {
            let extent = header[(4 + 4 * axis)..<(8 + 4 * axis)].reduce(0) { $0 << 8 | Int($1) }
            extents.append(extent)
            let (product, overflows) = total.multipliedReportingOverflow(by: extent)
            if overflows || product > IDXFile.maximumBytes || extent == 0 {
                throw ErdeError(.badData, path, "extents \(extents) cannot be right", remedy: "get the file again")
            }
            total = product
        }
        self.path = path
        self.extents = extents
        elements = try IDXFile.read(total, from: stream, path: path)
        var extra: UInt8 = 0
        let rest = gzread(stream, &extra, 1)
        if rest != 0 {
            throw ErdeError(
                .badData, path, rest < 0 ? IDXFile.reason(stream) : "longer than its extents \(extents) say",
                remedy: "get the file again")
        }
    }

    private static let maximumBytes = 64 << 30

    /// Exactly `count` bytes; memory grows with what is really there, whatever the header promises.
    private static func read(_ count: Int, from stream: gzFile, path: String) throws(ErdeError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let wanted = min(count - bytes.count, 64 << 20)
            var got: Int32 = 0
            let piece = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
                got = gzread(stream, buffer.baseAddress, UInt32(wanted))
                filled = max(0, Int(got))
            }
            if got < 0 { throw ErdeError(.badData, path, reason(stream), remedy: "get the file again") }
            if bytes.isEmpty { bytes = piece } else { bytes += piece }
            if Int(got) < wanted {
                throw ErdeError(
                    .badData, path, "truncated: \(bytes.count) bytes where \(count) are expected", remedy: "get the file again")
            }
        }
        return bytes
    }

    private static func reason(_ stream: gzFile) -> String {
        var code: Int32 = 0
        guard let text = gzerror(stream, &code), code != Z_OK else { return "damaged gzip data" }
        return "damaged gzip data (\(String(cString: text)))"
    }
}
