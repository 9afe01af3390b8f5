package import Artifacts
package import Diagnostics
import Images

/// Goes through the image files under a folder one by one, its own first, then folder by folder, by name.
///
/// Of the tree it holds no more than the names of the folders above the present place. A folder that several links lead to is
/// entered once. What cannot be entered or is no file though it is called like an image comes out with the reason.
package struct FolderWalk: Sendable {
    package enum Step: Sendable {
        case image(FileName)
        case failure(FileName, ErdeError)
    }

    private struct Level: Sendable {
        let path: FileName
        let names: FolderNames
        /// The next name; files are gone through before folders.
        var next = 0
        var isAtFolders = false
    }

    private var levels: [Level] = []
    private var entered: Set<FileIdentity> = []
    /// What became of the root, until it is told.
    private var rootFailure: ErdeError?
    private let root: FileName

    package init(_ root: FileName) {
        self.root = root
        rootFailure = enter(root)
    }

    /// The next image or failure, nil at the end.
    package mutating func next() -> Step? {
        if let failure = rootFailure {
            rootFailure = nil
            return .failure(root, failure)
        }
        while let level = levels.indices.last {
            guard levels[level].next < levels[level].names.count else {
                if levels[level].isAtFolders {
                    levels.removeLast()
                } else {
                    levels[level].next = 0
                    levels[level].isAtFolders = true
                }
                continue
            }
            let (name, kind) = levels[level].names[levels[level].next]
            levels[level].next += 1
            if (kind == .folder) != levels[level].isAtFolders { continue }
            let path = FileName(name, in: levels[level].path)
            switch kind {
            case .folder:
                let depth = levels.count
                if let failure = enter(path) { return .failure(path, failure) }
                // A folder of images may have any name; an empty one that is called like an image was meant to be one.
                if levels.count > depth, levels[depth].names.count == 0, ImageFileFinder.hasImageName(name) {
                    return .failure(path, ImageFileFinder.refusal(of: path))
                }
            case .file:
                if ImageFileFinder.hasImageName(name) || ImageFileFinder.hasImageContent(path) { return .image(path) }
            case .other:
                if ImageFileFinder.hasImageName(name) { return .failure(path, ImageFileFinder.refusal(of: path)) }
            }
        }
        return nil
    }

    /// Goes down into a folder, unless it was entered before.
    private mutating func enter(_ folder: FileName) -> ErdeError? {
        guard let identity = FileIdentity(folder) else { return ImageFileFinder.refusal(of: folder) }
        guard entered.insert(identity).inserted else { return nil }
        do throws(ErdeError) {
            levels.append(Level(path: folder, names: try FolderNames(of: folder)))
            return nil
        } catch {
            return error
        }
    }
}
