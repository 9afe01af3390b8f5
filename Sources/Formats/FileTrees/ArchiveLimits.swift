/// How far an archive may swell before it is taken for a decompression bomb, and how much of it is kept.
package struct ArchiveLimits: Hashable, Sendable {
    /// Entries, of any kind.
    package var entries: Int
    /// Bytes unpacked for each byte of the archive.
    package var expansion: Int
    /// Bytes that may be unpacked whatever the archive's size.
    package var freeBytes: Int
    /// Bytes of files that are no images which are kept in memory while an archive is listed.
    package var keptBytes: Int

    package init(
        entries: Int = 20_000_000, expansion: Int = 250, freeBytes: Int = 64 << 20, keptBytes: Int = 32 << 20
    ) {
        self.entries = entries
        self.expansion = expansion
        self.freeBytes = freeBytes
        self.keptBytes = keptBytes
    }

    /// The most bytes that an archive of this size may unpack to.
    func unpackedBytes(ofArchive byteCount: Int) -> Int {
        let (product, overflows) = byteCount.multipliedReportingOverflow(by: expansion)
        return overflows ? Int.max : max(freeBytes, product)
    }
}
