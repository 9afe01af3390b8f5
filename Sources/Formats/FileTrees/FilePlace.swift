/// Where the bytes of one file are.
package enum FilePlace: Hashable, Sendable {
    /// A file of its own, by path.
    case disk(String)
    /// Part of an archive.
    case entry(ArchiveEntry)
}
