/// One file in an archive.
package struct ArchiveEntry: Hashable, Sendable {
    /// Path of the archive.
    package let archive: String
    /// Position among all entries, counted from 0.
    package let index: Int

    package init(archive: String, index: Int) {
        self.archive = archive
        self.index = index
    }
}
