package import Diagnostics
package import Images

/// Files under a root, in a folder or in an archive: what sources of images are written against.
///
/// Folders and files are named relative to the root, with `/` between names; the root itself is `""`. All methods throw
/// `ErdeError` of kind `notFound` or `badData` about the file in question.
package protocol FileTree: Sendable {
    /// What the user named: errors begin with it.
    var root: String { get }

    /// The names in a folder, each kind sorted; names that begin with a dot are left out.
    func entries(of folder: String) throws(ErdeError) -> ImageFileFinder.Entries

    /// All image files under a folder, its own first, then folder by folder.
    func images(under folder: String) throws(ErdeError) -> ImageFileFinder.Found

    /// Bytes of a file, or nil when there is no such file.
    func byteCount(of file: String) -> Int?

    /// The first bytes of files, at most `FileHead.byteCount` of each, in the order asked for; an archive is read once for all
    /// of them.
    func heads(of files: [String]) throws(ErdeError) -> [[UInt8]]

    /// Whole files, in the order asked for; an archive is read once for all of them.
    ///
    /// - Parameter limit: most bytes that one of them may have.
    func contents(of files: [String], limit: Int) throws(ErdeError) -> [[UInt8]]

    /// Where a file's bytes are, or nil when an archive has no such file; on disk the file need not exist.
    func place(of file: String) -> FilePlace?
}

extension FileTree {
    /// A file or folder as errors name it.
    package func path(of name: String) -> String { name.isEmpty ? root : ImageFileFinder.join(root, name) }

    /// The first bytes of a file, at most `FileHead.byteCount`.
    package func head(of file: String) throws(ErdeError) -> [UInt8] { try heads(of: [file])[0] }

    /// A whole file.
    package func contents(of file: String, limit: Int) throws(ErdeError) -> [UInt8] {
        try contents(of: [file], limit: limit)[0]
    }

    /// Whether there is a file of this name.
    package func hasFile(_ file: String) -> Bool { byteCount(of: file) != nil }
}
