/// Writers of PNG, gzip and IDX for tests: no compression, nothing shared with the code under test.
enum StoredStreams {
    /// A grey (1 channel) or RGB (3 channels) PNG of interleaved pixels.
    static func png(width: Int, height: Int, channels: Int = 1, _ pixels: [UInt8]) -> [UInt8] {
        var rows: [UInt8] = []
        for row in 0..<height { rows += [0] + pixels[(row * width * channels)..<((row + 1) * width * channels)] }
        let header = bigEndian(width) + bigEndian(height) + [8, channels == 3 ? 2 : 0, 0, 0, 0]
        let data = [0x78, 0x01] + deflated(rows) + bigEndian(Int(adler32(rows)))
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + chunk("IDAT", data) + chunk("IEND", [])
    }

    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255] + deflated(bytes) + bigEndian(Int(crc32(bytes))).reversed()
            + bigEndian(bytes.count).reversed()
    }

    static func idx(_ extents: [Int], _ elements: [UInt8]) -> [UInt8] {
        [0, 0, 8, UInt8(extents.count)] + extents.flatMap(bigEndian) + elements
    }

    private static func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
        let content = Array(name.utf8) + body
        return bigEndian(body.count) + content + bigEndian(Int(crc32(content)))
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var rest = bytes[...]
        repeat {
            let piece = rest.prefix(65_535)
            rest = rest.dropFirst(65_535)
            let count = UInt16(piece.count)
            out += [rest.isEmpty ? 1 : 0, UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8)]
            out += piece
        } while !rest.isEmpty
        return out
    }

    private static func adler32(_ bytes: [UInt8]) -> UInt32 {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return high << 16 | low
    }

    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { word, _ in word & 1 == 1 ? word >> 1 ^ 0xEDB8_8320 : word >> 1 }
        }
    }
}
