package import Artifacts
package import Diagnostics
import Glibc

/// Finds image files in folders, in plain string order; entries whose names begin with a dot are passed over.
package enum ImageFileFinder {
    /// The entries of one folder, by kind, each sorted.
    package struct Entries: Hashable, Sendable {
        package var folders: [String] = []
        package var files: [String] = []
        /// Pipes, sockets, devices and links to nothing that are called like images; none in archives.
        package var others: [String] = []

        package init(folders: [String] = [], files: [String] = [], others: [String] = []) {
            self.folders = folders
            self.files = files
            self.others = others
        }

        /// - Throws: `ErdeError` of kind `badData` when two names are the same but for how their letters are put together
        ///   (Unicode's normalisation), which counts as one name here.
        package func requireDistinct(in place: String) throws(ErdeError) {
            for names in [folders, files] where Set(names).count < names.count {
                var seen: Set<String> = []
                throw ambiguous(join(place, names.first { !seen.insert($0).inserted }!))
            }
        }
    }

    /// Of a path that two names are, but for how their letters are put together.
    package static func ambiguous(_ path: String) -> ErdeError {
        ErdeError(
            .badData, path, "is there twice, with names that differ in nothing but Unicode normalisation",
            remedy: "rename one of the two")
    }

    /// The image files that a search found, and what it passed over.
    package struct Found: Hashable, Sendable {
        /// What is called like an image and is no file that can be read.
        package struct Unusable: Hashable, Sendable {
            package var path: String
            package var reason: String
        }

        package var images: [String] = []
        /// Files that are no images.
        package var otherCount = 0
        package var unusable: [Unusable] = []
        /// Links of an archive that are called like images.
        package var linkCount = 0

        package init() {}
    }

    /// The names in a folder; symbolic links count as what they point at.
    ///
    /// - Throws: `ErdeError` of kind `notFound` when the folder cannot be read.
    package static func entries(of folder: String) throws(ErdeError) -> Entries {
        let names = try FolderNames(of: FileName(folder))
        var entries = Entries()
        for index in 0..<names.count {
            let (bytes, kind) = names[index]
            guard let name = String(validating: bytes, as: UTF8.self) else {
                throw ErdeError(
                    .badData, FileName(bytes, in: FileName(folder)).readable, "has a name that is not UTF-8",
                    remedy: "rename it, for example with convmv")
            }
            switch kind {
            case .folder: entries.folders.append(name)
            case .file: entries.files.append(name)
            case .other: if hasImageName(name) { entries.others.append(name) }
            }
        }
        try entries.requireDistinct(in: folder)
        return entries
    }

    /// All image files under a folder, its own first, then folder by folder.
    ///
    /// An image file is one whose name ends as an image's does, or whose content is PNG or JPEG. A folder that
    /// several links lead to is entered once.
    ///
    /// - Throws: `ErdeError` of kind `notFound` when a folder cannot be read.
    package static func images(under folder: String) throws(ErdeError) -> Found {
        var found = Found()
        var entered: Set<FileIdentity> = []
        try search(folder, entered: &entered, found: &found)
        return found
    }

    /// Image files named one by one or by folder, for classifying; a file named itself is taken whatever it holds.
    ///
    /// - Throws: `ErdeError` of kind `notFound` when a path does not exist.
    package static func find(in paths: [String]) throws(ErdeError) -> [String] {
        var images: [String] = []
        for path in paths {
            switch fileKind(path) {
            case S_IFDIR: images += try ImageFileFinder.images(under: path).images
            case nil: throw ErdeError(.notFound, path, "does not exist", remedy: "check the path")
            default: images.append(path)
            }
        }
        return images
    }

    /// Whether a folder exists under this name.
    package static func isFolder(_ path: String) -> Bool { fileKind(path) == S_IFDIR }

    /// Whether a folder exists under this name.
    package static func isFolder(_ path: FileName) -> Bool {
        var status = stat()
        return path.withCString { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether anything exists under this name.
    package static func exists(_ path: FileName) -> Bool {
        var status = stat()
        return path.withCString { stat($0, &status) } == 0
    }

    /// Whether anything exists under this name.
    package static func exists(_ path: String) -> Bool { fileKind(path) != nil }

    /// A path below a folder.
    package static func join(_ folder: String, _ name: String) -> String {
        folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    /// Order by bytes, which is the order of code points, on every system and in every language.
    package static func precedes(_ first: String, _ second: String) -> Bool {
        first.utf8.lexicographicallyPrecedes(second.utf8)
    }

    private static func search(
        _ folder: String, entered: inout Set<FileIdentity>, found: inout Found
    ) throws(ErdeError) {
        guard let identity = FileIdentity(FileName(folder)) else {
            throw ErdeError(.notFound, folder, "does not exist", remedy: "check the path")
        }
        guard entered.insert(identity).inserted else { return }
        let entries = try entries(of: folder)
        for file in entries.files {
            let path = join(folder, file)
            if hasImageName(file) || hasImageContent(path) {
                found.images.append(path)
            } else {
                found.otherCount += 1
            }
        }
        for name in entries.others {
            let path = join(folder, name)
            found.unusable.append(Found.Unusable(path: path, reason: refusal(of: FileName(path)).problem))
        }
        for name in entries.folders {
            try search(join(folder, name), entered: &entered, found: &found)
        }
    }

    /// Why something that is called like an image is not taken for one.
    package static func refusal(of path: FileName) -> ErdeError {
        var status = stat()
        guard path.withCString({ stat($0, &status) }) == 0 else {
            return ErdeError(
                .notFound, path.readable, "cannot be read: \(String(cString: strerror(errno)))", remedy: "check where it leads")
        }
        return ErdeError(
            .notFound, path.readable, "expected a file, found \(FileKind.words(status.st_mode))", remedy: "remove it")
    }

    private static let nameEndings = [
        "png", "jpg", "jpeg", "jpe", "jfif", "gif", "bmp", "webp", "tif", "tiff", "heic", "avif", "ppm", "pgm",
    ].map { Array($0.utf8) }

    /// Whether a name ends as that of an image does.
    package static func hasImageName(_ name: String) -> Bool { hasImageName(name.utf8) }

    /// Whether a name ends as that of an image does.
    package static func hasImageName(_ name: some Collection<UInt8>) -> Bool {
        name.withContiguousElements(endsAsImage)
    }

    private static func endsAsImage(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return false }
        let ending = name[(dot + 1)...]
        return nameEndings.contains { known in
            known.elementsEqual(ending) { $0 == (UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $1 ? $1 | 0x20 : $1) }
        }
    }

    private static func hasImageContent(_ path: String) -> Bool { hasImageContent(FileName(path)) }

    /// Whether a file's first bytes are those of an image that erde decodes; never waits for a pipe.
    package static func hasImageContent(_ path: FileName) -> Bool {
        let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) }
        if descriptor < 0 { return false }
        defer { close(descriptor) }
        return withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { buffer in
            let count = read(descriptor, buffer.baseAddress, 16)
            return ImageContent(of: UnsafeRawBufferPointer(rebasing: buffer[..<max(0, count)])).isDecodable
        }
    }

    private static func fileKind(_ path: String) -> UInt32? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}
