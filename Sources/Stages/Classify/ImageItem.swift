package import Artifacts
package import Diagnostics

/// An image to classify, before it is decoded.
package struct ImageItem: Sendable {
    /// Where its bytes are.
    package enum Content: Sendable {
        /// In the file of its name.
        case file
        /// Here; the name says which archive they come from.
        case bytes([UInt8])
        /// Nowhere: it cannot be had.
        case failure(ErdeError)
        /// Nowhere, and nobody knows how many: a list or an archive breaks off here, or a watched folder went away.
        case rest(ErdeError)
    }

    package let name: FileName
    package let content: Content
    /// As what the file could not be decoded before; nil where that was not tried.
    let failedAs: FileState?

    package init(name: FileName, content: Content) {
        self.name = name
        self.content = content
        failedAs = nil
    }

    /// The file of the name.
    init(file name: FileName, failedAs state: FileState?) {
        self.name = name
        content = .file
        failedAs = state
    }
}
