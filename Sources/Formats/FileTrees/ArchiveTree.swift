import Artifacts
package import Diagnostics
package import Images

/// The files of an archive, listed once when it is opened.
///
/// Of entries with the same name the last counts, as when unpacking. Small files that are no images are kept, as far as the
/// limits leave room. Links are no files.
package struct ArchiveTree: FileTree {
    package let root: String
    private let limits: ArchiveLimits
    private let folders: [String: Folder]
    private let files: [File]

    private struct Folder {
        var folders: Set<String> = []
        /// Position in `files` by name.
        var files: [String: Int] = [:]
        /// Names of links that are called like images.
        var links: Set<String> = []
    }

    private struct File {
        let index: Int
        let byteCount: Int
        let isImage: Bool
        /// The first bytes, of files that are not called images and are kept.
        let head: [UInt8]?
        /// Whether the head is all there is.
        let isWhole: Bool
    }

    /// Bytes up to which a file that is no image is kept, and up to which a label of a shard is, whatever the limits leave: all
    /// of these are asked for.
    private static let (longestKept, longestLabel) = (16 << 10, 64)

    package init(_ path: String, limits: ArchiveLimits = ArchiveLimits()) throws(ErdeError) {
        root = path
        self.limits = limits
        var folders: [String: Folder] = ["": Folder()]
        var files: [File] = []
        var room = limits.keptBytes
        let stream = try ArchiveStream(path, limits: limits)
        while let entry = try stream.next() {
            let parts = entry.name.split(separator: "/")
            if parts.isEmpty || parts.contains(where: { $0.hasPrefix(".") || $0 == "__MACOSX" }) { continue }
            try ArchiveTree.requireUTF8(entry, in: path)
            let depth = entry.isFolder ? parts.count : parts.count - 1
            var above = ""
            for part in parts.prefix(depth) {
                let name = String(part)
                let known = folders[above, default: Folder()].folders.insert(name)
                try ArchiveTree.requireSame(known.memberAfterInsert, name, in: path)
                above = ImageFileFinder.join(above, name)
                if folders[above] == nil { folders[above] = Folder() }
            }
            guard !entry.isFolder, let last = parts.last else { continue }
            let name = String(last)
            if !entry.isFile {
                folders[above]?.files[name] = nil
                if ImageFileFinder.hasImageName(name) { folders[above, default: Folder()].links.insert(name) }
                continue
            }
            if let known = folders[above]?.files.index(forKey: name).map({ folders[above]!.files.keys[$0] }) {
                try ArchiveTree.requireSame(known, name, in: path)
            }
            folders[above, default: Folder()].files[name] = files.count
            folders[above]?.links.remove(name)
            files.append(try ArchiveTree.file(entry, of: stream, room: &room))
        }
        self.folders = folders
        self.files = files
    }

    /// - Throws: when names that are equal as text are not so byte by byte: they were two to whoever packed them.
    private static func requireSame(_ known: String, _ name: String, in path: String) throws(ErdeError) {
        guard known.utf8.elementsEqual(name.utf8) else {
            throw ImageFileFinder.ambiguous(ImageFileFinder.join(path, name))
        }
    }

    /// - Throws: when a name is no text, in which its letters would be lost.
    private static func requireUTF8(_ entry: ArchiveStream.Entry, in path: String) throws(ErdeError) {
        let name = FileName(entry.nameBytes, in: FileName(path))
        guard name.isUTF8 else {
            throw ErdeError(
                .badData, name.readable, "has a name that is not UTF-8",
                remedy: "pack it again with UTF-8 names, or unpack it with `unzip -O CHARSET`")
        }
    }

    /// - Parameter room: bytes that may still be kept.
    private static func file(
        _ entry: ArchiveStream.Entry, of stream: ArchiveStream, room: inout Int
    ) throws(ErdeError) -> File {
        if ImageFileFinder.hasImageName(entry.name) {
            return File(
                index: stream.position, byteCount: entry.byteCount ?? 0, isImage: true, head: nil, isWhole: false)
        }
        let head = try stream.head(longestKept)
        let isImage = head.withUnsafeBytes { ImageContent(of: $0).isDecodable }
        // Where the size is not told beforehand, a full head leaves it open: as much as a limit allows.
        let isWhole = head.count < longestKept
        let count = isImage || !isWhole ? min(head.count, FileHead.byteCount) : head.count
        let isLabel = entry.name.hasSuffix(".cls") && count <= longestLabel
        let isKept = isLabel || count <= room
        if isKept && !isLabel { room -= count }
        // A copy, since the bytes lie in a buffer for the most that there might have been.
        let kept: [UInt8]? = isKept ? head.withUnsafeBytes { Array($0.prefix(count)) } : nil
        return File(
            index: stream.position, byteCount: entry.byteCount ?? (isWhole ? head.count : 0), isImage: isImage, head: kept,
            isWhole: isWhole && !isImage)
    }

    // MARK: FileTree

    package func entries(of folder: String) throws(ErdeError) -> ImageFileFinder.Entries {
        guard let found = folders[folder] else {
            throw ErdeError(.notFound, path(of: folder), "there is no such folder in the archive", remedy: "check the path")
        }
        return ImageFileFinder.Entries(
            folders: found.folders.sorted(by: ImageFileFinder.precedes),
            files: found.files.keys.sorted(by: ImageFileFinder.precedes))
    }

    package func images(under folder: String) throws(ErdeError) -> ImageFileFinder.Found {
        var found = ImageFileFinder.Found()
        try search(folder, found: &found)
        return found
    }

    package func byteCount(of file: String) -> Int? { lookUp(file)?.byteCount }

    package func heads(of names: [String]) throws(ErdeError) -> [[UInt8]] {
        var heads = [[UInt8]](repeating: [], count: names.count)
        var wanted: [(request: Int, index: Int)] = []
        for (request, name) in names.enumerated() {
            guard let file = lookUp(name) else { throw missing(name) }
            if let head = file.head {
                heads[request] = Array(head.prefix(FileHead.byteCount))
            } else {
                wanted.append((request, file.index))
            }
        }
        if wanted.isEmpty { return heads }
        var stream = try ArchiveStream(root, limits: limits)
        for (request, index) in wanted.sorted(by: { $0.index < $1.index }) {
            if stream.position >= index { stream = try ArchiveStream(root, limits: limits) }
            while stream.position < index, try stream.next() != nil {}
            heads[request] = try stream.head(FileHead.byteCount)
        }
        return heads
    }

    package func contents(of names: [String], limit: Int) throws(ErdeError) -> [[UInt8]] {
        var contents = [[UInt8]](repeating: [], count: names.count)
        var wanted: [(request: Int, index: Int)] = []
        for (request, name) in names.enumerated() {
            guard let file = lookUp(name) else { throw missing(name) }
            if let head = file.head, file.isWhole {
                contents[request] = head
            } else {
                wanted.append((request, file.index))
            }
        }
        var cursor = ArchiveCursor(limits: limits)
        for (request, index) in wanted.sorted(by: { $0.index < $1.index }) {
            contents[request] = try cursor.contents(of: ArchiveEntry(archive: root, index: index), limit: limit).get()
        }
        return contents
    }

    package func place(of file: String) -> FilePlace? {
        lookUp(file).map { .entry(ArchiveEntry(archive: root, index: $0.index)) }
    }

    private func search(_ folder: String, found: inout ImageFileFinder.Found) throws(ErdeError) {
        let entries = try entries(of: folder)
        for name in entries.files {
            let file = ImageFileFinder.join(folder, name)
            if lookUp(file)?.isImage == true { found.images.append(file) } else { found.otherCount += 1 }
        }
        found.linkCount += folders[folder]?.links.count ?? 0
        for name in entries.folders { try search(ImageFileFinder.join(folder, name), found: &found) }
    }

    private func lookUp(_ file: String) -> File? {
        let slash = file.lastIndex(of: "/")
        let folder = slash.map { String(file[..<$0]) } ?? ""
        let name = slash.map { String(file[file.index(after: $0)...]) } ?? file
        return folders[folder]?.files[name].map { files[$0] }
    }

    private func missing(_ file: String) -> ErdeError {
        ErdeError(.notFound, path(of: file), "there is no such file in the archive", remedy: "check the path")
    }
}
