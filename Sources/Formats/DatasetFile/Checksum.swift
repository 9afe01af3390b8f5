import CZ
import Dispatch
import Glibc

/// CRC-32 as zlib and PNG count it: finds damage, not forgery.
enum Checksum {
    /// Bytes that one core checks at a time.
    private static let pieceCount = 4 << 20

    static func crc32(of bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { update(0, with: $0) } }

    /// The CRC of what came before and `bytes` after it.
    static func update(_ crc: UInt32, with bytes: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(
            truncatingIfNeeded: crc32_z(
                uLong(crc), bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
    }

    /// The CRC of a long run of bytes, by all cores.
    static func crc32(of bytes: UnsafeRawBufferPointer) -> UInt32 {
        let pieces = (bytes.count + pieceCount - 1) / pieceCount
        if pieces < 2 { return update(0, with: bytes) }
        let parts = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: pieces)
        defer { parts.deallocate() }
        nonisolated(unsafe) let (shared, results) = (bytes, parts)
        DispatchQueue.concurrentPerform(iterations: pieces) { piece in
            let range = piece * pieceCount..<min(shared.count, (piece + 1) * pieceCount)
            results[piece] = update(0, with: UnsafeRawBufferPointer(rebasing: shared[range]))
        }
        var crc = parts[0]
        for piece in 1..<pieces {
            let count = min(bytes.count, (piece + 1) * pieceCount) - piece * pieceCount
            crc = UInt32(truncatingIfNeeded: crc32_combine(uLong(crc), uLong(parts[piece]), count))
        }
        return crc
    }
}
