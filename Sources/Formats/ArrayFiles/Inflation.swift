import CZ
package import Diagnostics

/// Unpacks zlib and gzip data, no further than a limit.
package enum Inflation {
    /// Whether bytes begin as gzip data do.
    package static func isGzip(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

    /// All of the data; gzip members that follow each other are joined.
    ///
    /// - Parameter limit: most bytes that may come out; memory grows with what really does.
    /// - Throws: `ErdeError` of kind `badData` about `name`: damaged, truncated or larger than the limit.
    package static func inflate(
        _ bytes: UnsafeRawBufferPointer, limit: Int, name: String
    ) throws(ErdeError) -> [UInt8] {
        var output: [UInt8] = []
        let isEnd = try run(bytes, limit: limit, name: name, into: &output)
        if output.count > limit {
            throw ErdeError(.badData, name, "unpacks to more than \(limit) bytes", remedy: "check that it is the right file")
        }
        if !isEnd {
            throw ErdeError(
                .badData, name, "truncated: compressed data end after \(output.count) bytes", remedy: "get the file again")
        }
        return output
    }

    /// The first bytes of the data, as many as can be had and no more than `count`.
    package static func prefix(_ bytes: [UInt8], count: Int) -> [UInt8] {
        var output: [UInt8] = []
        bytes.withUnsafeBytes { bytes in _ = try? run(bytes, limit: count, name: "", into: &output) }
        return Array(output.prefix(count))
    }

    /// Appends what comes out until the data end or more than `limit` bytes are there; whether the data came to their end.
    private static func run(
        _ bytes: UnsafeRawBufferPointer, limit: Int, name: String, into output: inout [UInt8]
    ) throws(ErdeError) -> Bool {
        var stream = z_stream()
        // 32: zlib or gzip, told by the header.
        guard inflateInit2_(&stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw ErdeError(.unavailable, "zlib", "cannot begin to unpack")
        }
        defer { inflateEnd(&stream) }
        var rest = bytes
        while output.count <= limit {
            if stream.avail_in == 0 {
                let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
                stream.next_in = UnsafeMutablePointer(mutating: piece.baseAddress?.assumingMemoryBound(to: UInt8.self))
                stream.avail_in = UInt32(piece.count)
            }
            let room = min(limit + 1 - output.count, max(4096, min(output.count, 64 << 20)))
            var code = Z_OK
            let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(room)
                code = CZ.inflate(&stream, Z_NO_FLUSH)
                filled = room - Int(stream.avail_out)
            }
            if output.isEmpty { output = piece } else { output += piece }
            switch code {
            case Z_OK: continue
            case Z_STREAM_END:
                let next = UnsafeRawBufferPointer(start: stream.next_in, count: Int(stream.avail_in))
                guard isGzip(next), inflateReset(&stream) == Z_OK else { return true }
            case Z_BUF_ERROR where stream.avail_in == 0 && rest.isEmpty: return false
            case Z_BUF_ERROR: continue
            default:
                let reason = stream.msg.map { " (\(String(cString: $0)))" } ?? ""
                throw ErdeError(.badData, name, "damaged compressed data\(reason)", remedy: "get the file again")
            }
        }
        return false
    }
}
