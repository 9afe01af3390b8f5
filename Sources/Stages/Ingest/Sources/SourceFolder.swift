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
        let others = entries.files.filter { !ImageFileFinder.hasImageName($0) }
        let heads = try tree.heads(of: others.map { ImageFileFinder.join(path, $0) })
        self.tree = tree
        self.path = path
        folders = entries.folders
        files = entries.files
        self.heads = Dictionary(uniqueKeysWithValues: zip(others, heads))
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

    /// A text file.
    func text(of file: String) throws(ErdeError) -> TextLines {
        TextLines(try contents(of: file, limit: SourceFolder.textLimit))
    }

    /// The names of the labels 0, 1 … in a text file with one on each line.
    func names(in file: String) throws(ErdeError) -> [String] { try text(of: file).names(in: place(file)) }
}
