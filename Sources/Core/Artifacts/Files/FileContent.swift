package import Diagnostics

/// A file to write: its name and what is in it.
package struct FileContent: Hashable, Sendable {
    /// The name in its folder.
    package var name: String
    package var bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    package init(name: String, text: String) { self.init(name: name, bytes: Array(text.utf8)) }
}

extension [FileContent] {
    /// Writes files that belong together into a folder that exists: none gets its name before all are on the disk.
    ///
    /// They are named from the last to the first, so that a reader who waits for the first finds all.
    ///
    /// - Throws: `ErdeError` of kind `cannotWrite`.
    package func write(into folder: String) throws(ErdeError) { try self[...].write(into: folder) }
}

extension ArraySlice<FileContent> {
    fileprivate func write(into folder: String) throws(ErdeError) {
        guard let first else { return }
        let file = try AtomicFile(path: "\(folder)/\(first.name)")
        try AtomicFile.withBytes(first.bytes) { buffer throws(ErdeError) in try file.write(buffer) }
        try dropFirst().write(into: folder)
        try file.commit()
    }
}
