import Diagnostics
import FileTrees
import Images

/// A folder of a tree that may be a source, with what recognising needs.
struct SourceFolder {
    let tree: any FileTree
    /// Relative to the tree's root.
    let path: String
    let folders: [String]
    let files: [String]
    /// The first bytes of the files that are not called images.
    let heads: [String: [UInt8]]

    init(_ tree: any FileTree, _ path: String) throws(ErdeError) {
        let entries = try tree.entries(of: path)
        var heads: [String: [UInt8]] = [:]
        for file in entries.files where !ImageFileFinder.hasImageName(file) {
            heads[file] = try tree.head(of: ImageFileFinder.join(path, file))
        }
        self.tree = tree
        self.path = path
        folders = entries.folders
        files = entries.files
        self.heads = heads
    }

    /// Relative to the tree's root.
    func join(_ name: String) -> String { ImageFileFinder.join(path, name) }

    /// As errors name it.
    func place(_ name: String = "") -> String { tree.path(of: name.isEmpty ? path : join(name)) }

    func contents(of file: String, limit: Int) throws(ErdeError) -> [UInt8] { try tree.contents(of: join(file), limit: limit) }

    func contents(of files: [String], limit: Int) throws(ErdeError) -> [[UInt8]] {
        try tree.contents(of: files.map(join), limit: limit)
    }

    func byteCount(of file: String) -> Int? { tree.byteCount(of: join(file)) }

    /// The folder that this one consists of, if it holds one folder and no images.
    func onlyFolder() throws(ErdeError) -> SourceFolder? {
        guard folders.count == 1, files.count == heads.count else { return nil }
        return try SourceFolder(tree, join(folders[0]))
    }

    /// Most bytes of a text file with names, labels or annotations.
    static let textLimit = 1 << 30

    /// The lines of a text file, without line ends and empty lines.
    func lines(of file: String) throws(ErdeError) -> [Substring] {
        String(decoding: try contents(of: file, limit: SourceFolder.textLimit), as: UTF8.self)
            .split(whereSeparator: \.isNewline)
    }
}
