/// A 64-bit hash that is the same in every run and on every machine: finds damage and difference, not forgery.
struct StableHash {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    /// FNV-1a over 64-bit words, mixed, the last one filled with zeros; the length is part of the hash.
    mutating func combine(_ bytes: UnsafeRawBufferPointer) {
        let words = bytes.count / 8
        for index in 0..<words {
            combine(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)))
        }
        var rest: UInt64 = 0
        for byte in bytes[(words * 8)...].reversed() { rest = rest << 8 | UInt64(byte) }
        combine(rest)
        combine(UInt64(bytes.count))
    }

    mutating func combine(_ text: String) {
        var text = text
        text.withUTF8 { combine(UnsafeRawBufferPointer($0)) }
    }

    private mutating func combine(_ word: UInt64) {
        state = (state ^ word) &* 0x100_0000_01B3
        state ^= state >> 29
    }

    /// In hexadecimal.
    var text: String { String(state, radix: 16) }
}
