/// Writers of tar and zip for tests: nothing compressed, nothing shared with the code under test.
enum StoredArchives {
    struct Entry {
        var name: [UInt8]
        var bytes: [UInt8] = []
        /// What a hard link is another name of; nil for files.
        var target: String?

        init(_ name: String, _ bytes: [UInt8] = [], target: String? = nil) {
            self.init(name: Array(name.utf8), bytes, target: target)
        }

        init(name: [UInt8], _ bytes: [UInt8] = [], target: String? = nil) {
            self.name = name
            self.bytes = bytes
            self.target = target
        }
    }

    /// - Parameter isMarked: as POSIX has it; without, as before 1988.
    static func tar(_ entries: [Entry], isMarked: Bool = true) -> [UInt8] {
        var archive: [UInt8] = []
        for entry in entries {
            var header = [UInt8](repeating: 0, count: 512)
            func put(_ bytes: some Sequence<UInt8>, at place: Int) {
                for (index, byte) in bytes.enumerated() { header[place + index] = byte }
            }
            put(entry.name, at: 0)
            put(octal(0o644, digits: 7), at: 100)
            put(octal(0, digits: 7), at: 108)
            put(octal(0, digits: 7), at: 116)
            put(octal(entry.bytes.count, digits: 11), at: 124)
            put(octal(0, digits: 11), at: 136)
            put([UInt8](repeating: 0x20, count: 8), at: 148)
            put((entry.target == nil ? "0" : "1").utf8, at: 156)
            put((entry.target ?? "").utf8, at: 157)
            if isMarked { put("ustar\0".utf8, at: 257) }
            if isMarked { put("00".utf8, at: 263) }
            put(octal(header.reduce(0) { $0 + Int($1) }, digits: 7), at: 148)
            archive += header + entry.bytes
            archive += [UInt8](repeating: 0, count: (512 - entry.bytes.count % 512) % 512)
        }
        return archive + [UInt8](repeating: 0, count: 1024)
    }

    /// - Parameter isEncrypted: whether the entries say so of themselves.
    static func zip(_ entries: [Entry], isEncrypted: Bool = false) -> [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let start = archive.count
            // Version, flags, method, time, date; checksum and both sizes; lengths of the name and of what is beside it.
            var common = numbers([(20, 2), (isEncrypted ? 1 : 0, 2), (0, 2), (0, 2), (0x21, 2)])
            common += numbers([(Int(StoredStreams.crc32(entry.bytes)), 4), (entry.bytes.count, 4), (entry.bytes.count, 4)])
            common += numbers([(entry.name.count, 2), (0, 2)])
            archive += numbers([(0x0403_4B50, 4)]) + common
            archive += entry.name + entry.bytes
            directory += numbers([(0x0201_4B50, 4), (20, 2)]) + common
            directory += numbers([(0, 8), (0, 2), (start, 4)]) + entry.name
        }
        let place = archive.count
        archive += directory
        archive += numbers([(0x0605_4B50, 4), (0, 4), (entries.count, 2), (entries.count, 2)])
        return archive + numbers([(directory.count, 4), (place, 4), (0, 2)])
    }

    private static func octal(_ value: Int, digits: Int) -> [UInt8] {
        let text = String(value, radix: 8)
        return Array((String(repeating: "0", count: digits - text.count) + text).utf8)
    }

    /// Numbers of so many bytes each, little-endian.
    private static func numbers(_ values: [(value: Int, count: Int)]) -> [UInt8] {
        values.flatMap { value, count in (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    }
}
