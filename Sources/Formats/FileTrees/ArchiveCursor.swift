package import Diagnostics

/// Fetches entries of archives; entries asked for in the archive's own order cost one pass in all.
package struct ArchiveCursor: ~Copyable {
    private let limits: ArchiveLimits
    private var stream: ArchiveStream?

    package init(limits: ArchiveLimits = ArchiveLimits()) { self.limits = limits }

    /// The bytes of an entry, or why this one cannot be had.
    ///
    /// - Throws: `ErdeError` when the archive as a whole cannot be read on.
    package mutating func contents(of entry: ArchiveEntry, limit: Int) throws(ErdeError) -> Result<[UInt8], ErdeError> {
        let stream: ArchiveStream
        if let current = self.stream, current.path == entry.archive, current.position < entry.index {
            stream = current
        } else {
            stream = try ArchiveStream(entry.archive, limits: limits)
            self.stream = stream
        }
        while stream.position < entry.index {
            guard try stream.next() != nil else {
                throw ErdeError(
                    .badData, entry.archive, "has changed while it was read", remedy: "run the command again")
            }
        }
        do throws(ErdeError) {
            return .success(try stream.contents(limit: limit))
        } catch {
            return .failure(error)
        }
    }
}
