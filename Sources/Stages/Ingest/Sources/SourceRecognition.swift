import DatasetFile
import Diagnostics
import FileTrees
import Images

/// Tells by content what kind of source a path is, and lists its images.
enum SourceRecognition {
    /// - Throws: `ErdeError` of kind `notFound` when the path does not exist, `badData` when no labelled images are there.
    static func scan(_ source: String, options: IngestOptions) throws(ErdeError) -> LabelledSource {
        guard ImageFileFinder.exists(source) else {
            throw ErdeError(.notFound, source, "does not exist", remedy: "name a folder of images")
        }
        var found = try scanPath(source, options: options)
        if options.classNames != nil, hasOwnNames(found.kind) {
            throw ErdeError(
                .usage, "class names", "given for a source that has its own names", remedy: "rename the classes there")
        }
        try requireEffect(of: options, on: found.kind, source: source)
        if found.classNames.count < 2 {
            throw ErdeError(
                .badData, source, "one class only (\(found.classNames.joined())), expected at least two",
                remedy: "add a folder for each further class")
        }
        found.warnings += oddOrder(found.classNames).map { [$0] } ?? []
        if found.linkCount > 0 {
            found.warnings.append(
                "\(found.linkCount) \(noun("link", for: found.linkCount)) in archives, called like images, "
                    + (found.linkCount == 1 ? "was passed over" : "were passed over"))
        }
        return found
    }

    /// - Throws: `ErdeError` of kind `usage` about an option that is nothing to this kind of source.
    private static func requireEffect(
        of options: IngestOptions, on kind: IngestReport.SourceKind, source: String
    ) throws(ErdeError) {
        let given: [(option: String, isGiven: Bool, purpose: String, kind: IngestReport.SourceKind)] = [
            ("--subset", options.subset != nil, "chooses among IDX files", .idx),
            ("--orientation", options.orientation != .automatic, "turns the images of IDX files", .idx),
            ("--labels", options.labelSet != .fine, "chooses among the labels of CIFAR-100", .cifar),
        ]
        for (option, isGiven, purpose, only) in given where isGiven && only != kind {
            throw ErdeError(.usage, option, "\(purpose), and \(source) is another kind of source", remedy: "leave it out")
        }
    }

    private static func scanPath(_ source: String, options: IngestOptions) throws(ErdeError) -> LabelledSource {
        if ImageFileFinder.isFolder(source) { return try scanTree(FolderTree(source), options: options) }
        let head = try FolderTree.read(source, atMost: FileHead.byteCount)
        let slash = source.lastIndex(of: "/")
        let name = slash.map { String(source[source.index(after: $0)...]) } ?? source
        if ArchiveContent.isArchive(head: head, name: name) { return try scanArchive(source, options: options) }
        if options.format == .list || ListSource.isText(head) {
            let parent = slash.map { $0 == source.startIndex ? "/" : String(source[..<$0]) } ?? "."
            return try ListSource.scan(
                FolderTree(parent), folder: "", files: [name], outside: slash == nil ? "" : parent, options: options)
        }
        if DatasetReader.isDataset(head: head) {
            throw ErdeError(
                .badData, source, "is a dataset already", remedy: "`erde train \(shellWord(source))` takes it as it is")
        }
        throw ErdeError(
            .badData, source, "expected a folder, an archive or a list, found \(description(of: head))",
            remedy: "name the folder that holds it")
    }

    private static func scanArchive(_ path: String, options: IngestOptions) throws(ErdeError) -> LabelledSource {
        let tree = try ArchiveTree(path)
        switch options.format {
        case .automatic, .webDataset:
            if options.format == .automatic, !(try WebDatasetSource.isShard(tree)) { break }
            return try WebDatasetSource.scan([("", tree)], source: path, listedNames: nil, options: options)
        case .folders, .idx, .cifar, .svhn, .tinyImageNet, .list: break
        }
        return try scanTree(tree, options: options)
    }

    /// A folder with archives: shards, or one archive that is the source.
    private static func scanShards(of folder: SourceFolder, options: IngestOptions) throws(ErdeError) -> LabelledSource {
        let paths = try WebDatasetSource.shards(of: folder)
        if paths.isEmpty {
            throw ErdeError(.badData, folder.place(), "no archives", remedy: "name the folder with the shards (.tar)")
        }
        var shards: [(name: String, tree: ArchiveTree)] = []
        for path in paths {
            let tree = try ArchiveTree(folder.tree.path(of: path))
            guard try WebDatasetSource.isShard(tree) else {
                if paths.count == 1, options.format == .automatic { return try scanTree(tree, options: options) }
                throw ErdeError(
                    .badData, tree.root,
                    "one of \(paths.count) \(noun("archive", for: paths.count)), but no WebDataset shard: no .cls files",
                    remedy: "name the one archive that is meant")
            }
            shards.append((path, tree))
        }
        let names = "classnames.txt"
        let listed = folder.files.contains(names) ? try folder.names(in: names) : nil
        return try WebDatasetSource.scan(shards, source: folder.place(), listedNames: listed, options: options)
    }

    private static func scanTree(_ tree: any FileTree, options: IngestOptions) throws(ErdeError) -> LabelledSource {
        // Downloads often wrap everything into one folder.
        var chain = [try SourceFolder(tree, "")]
        while chain.count < 4, let inner = try chain[chain.count - 1].onlyFolder() { chain.append(inner) }
        for folder in chain {
            guard let known = try format(of: folder), options.format == .automatic || options.format == known else { continue }
            // What lies in the only one of class folders may be a source of its own.
            if known == .folders { continue }
            return try scan(folder, as: known, options: options)
        }
        switch options.format {
        case .automatic, .folders: return try ClassFolders.scan(ClassFolders.place(in: chain))
        case .idx, .cifar, .svhn, .tinyImageNet, .webDataset, .list:
            return try scan(chain[0], as: options.format, options: options)
        }
    }

    /// What a folder itself looks like; nil when nothing is known.
    private static func format(of folder: SourceFolder) throws(ErdeError) -> SourceFormat? {
        if !IDXSource.files(in: folder).isEmpty { return .idx }
        if !CIFARSource.files(in: folder).isEmpty { return .cifar }
        // A pickle or a MAT file beside class folders is no source of its own, nor is an archive.
        let isPickled = !CIFARPickleSource.files(in: folder).isEmpty
        if isPickled || !SVHNSource.files(in: folder).isEmpty, !(try ClassFolders.holdImages(folder)) {
            return isPickled ? .cifar : .svhn
        }
        if try TinyImageNetSource.recognises(folder) { return .tinyImageNet }
        if try ClassFolders.recognises(folder) { return .folders }
        if !(try WebDatasetSource.shards(of: folder).isEmpty) { return .webDataset }
        return try ListSource.files(in: folder).isEmpty ? nil : .list
    }

    private static func scan(
        _ folder: SourceFolder, as format: SourceFormat, options: IngestOptions
    ) throws(ErdeError) -> LabelledSource {
        switch format {
        case .automatic, .folders: try ClassFolders.scan(folder)
        case .idx: try IDXSource.scan(folder, options: options)
        case .cifar:
            CIFARSource.files(in: folder).isEmpty && !CIFARPickleSource.files(in: folder).isEmpty
                ? try CIFARPickleSource.scan(folder, options: options) : try CIFARSource.scan(folder, options: options)
        case .svhn: try SVHNSource.scan(folder, options: options)
        case .tinyImageNet: try TinyImageNetSource.scan(folder)
        case .webDataset: try scanShards(of: folder, options: options)
        case .list:
            try ListSource.scan(
                folder.tree, folder: folder.path, files: try ListSource.files(in: folder), outside: nil, options: options)
        }
    }

    private static func hasOwnNames(_ kind: IngestReport.SourceKind) -> Bool {
        switch kind {
        case .classFolders, .splitFolders, .tinyImageNet: true
        case .idx, .cifar, .svhn, .webDataset, .list: false
        }
    }

    private static func description(of head: [UInt8]) -> String {
        switch head.withUnsafeBytes({ ImageContent(of: $0) }) {
        case .png: "a PNG image"
        case .jpeg: "a JPEG image"
        case .other(let words): words == "no known image" ? "a file of another kind" : words
        }
    }

    /// A warning when class names are numbers whose order as text is another than as numbers.
    private static func oddOrder(_ names: [String]) -> String? {
        ClassNames.unordered(names).map { position in
            "class names are numbers in text order: \(names[position]) comes before \(names[position + 1]), so labels "
                + "are positions in that order and not the numbers; pad the names with zeros to have both agree"
        }
    }
}
