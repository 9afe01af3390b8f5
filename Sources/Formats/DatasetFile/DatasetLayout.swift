import Artifacts

/// Where things lie in a dataset file.
///
/// | bytes | content |
/// | --- | --- |
/// | 0..<8 | magic |
/// | 8..<12 | version |
/// | 12..<16 | CRC-32 of the description |
/// | 16..<24 | length of the whole file |
/// | 24..<32 | offset of the description |
/// | 32..<40 | length of the description |
/// | 40..<44 | CRC-32 of bytes 0..<40 |
/// | 44..<64 | zero |
/// | 64… | pixels, labels and sources of each split, each section at a multiple of 64, then the description |
///
/// Numbers are little endian. The description is JSON and knows every section with its CRC-32. Pixels are 8-bit planes
/// `[C, H, W]`, image after image; labels are 32-bit; sources are n + 1 64-bit offsets into the UTF-8 text after them.
enum DatasetLayout {
    static let version: UInt32 = 1
    /// The high bit and the line ends tell a file that went through a text transfer.
    static let magic: [UInt8] = [0x89, 0x45, 0x52, 0x44, 0x53, 0x0D, 0x0A, 0x1A]
    static let alignment = 64
    static let preambleCount = 64
    static let checkedPreambleCount = 40

    /// The first multiple of the alignment that is not below `offset`.
    static func aligned(_ offset: Int) -> Int { (offset + alignment - 1) / alignment * alignment }

    /// The JSON of the file.
    struct Header: Codable {
        var description: DatasetDescription
        var fingerprint: String
        var erdeVersion: String
        /// Missing in files of earlier versions of erde.
        var findings: DatasetFindings?
        var splits: [DatasetSplit: Split]
    }

    /// One split's sections.
    struct Split: Codable {
        var pixels: Section
        var labels: Section
        var sources: Section
    }

    /// A run of bytes.
    struct Section: Codable, Hashable {
        var offset: Int
        var count: Int
        var crc32: UInt32
    }

    /// The fixed bytes at the start.
    struct Preamble {
        var headerOffset: Int
        var headerCount: Int
        var headerCRC: UInt32
        var fileCount: Int

        var bytes: [UInt8] {
            var bytes = magic
            func append(_ value: some FixedWidthInteger) {
                withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
            }
            append(version)
            append(headerCRC)
            append(UInt64(fileCount))
            append(UInt64(headerOffset))
            append(UInt64(headerCount))
            append(Checksum.crc32(of: bytes))
            bytes += [UInt8](repeating: 0, count: preambleCount - bytes.count)
            return bytes
        }
    }
}
