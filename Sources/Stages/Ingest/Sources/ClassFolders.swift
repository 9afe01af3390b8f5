import Artifacts
import Diagnostics
import FileTrees
import Images

/// Sources that are folders of image files: a sub-folder per class, under `train/`, `test/` … or not.
enum ClassFolders {
    /// Whether the folders are plainly classes or splits of classes.
    static func recognises(_ folder: SourceFolder) throws(ErdeError) -> Bool {
        if !(try layers(folder).isEmpty) { return true }
        return folder.folders.count { SplitName.split(ofFolder: $0) == nil } >= 2
    }

    /// Whether the folders are plainly classes or splits of classes, and there are images in them.
    static func holdImages(_ folder: SourceFolder) throws(ErdeError) -> Bool {
        let tree = folder.tree
        if let train = try layers(folder)[.train] { return !(try tree.images(under: folder.join(train)).images.isEmpty) }
        var count = 0
        for name in folder.folders where SplitName.split(ofFolder: name) == nil {
            if !(try tree.images(under: folder.join(name)).images.isEmpty) { count += 1 }
            if count == 2 { return true }
        }
        return false
    }

    /// Of folders that each hold only the next one, the one with the classes.
    static func place(in chain: [SourceFolder]) throws(ErdeError) -> SourceFolder {
        for folder in chain {
            if folder.folders.count > 1 { return folder }
            if !(try layers(folder).isEmpty) { return folder }
        }
        return chain[0]
    }

    static func scan(_ folder: SourceFolder) throws(ErdeError) -> LabelledSource {
        let layers = try layers(folder)
        if layers.isEmpty {
            try refuseSplits(folder)
            var found = LabelledSource(kind: .classFolders, classNames: [])
            try add("", as: .train, of: folder, to: &found)
            return found
        }
        var found = LabelledSource(kind: .splitFolders, classNames: [])
        for split in DatasetSplit.allCases {
            guard let layer = layers[split] else { continue }
            try add(layer, as: split, of: folder, to: &found)
        }
        leaveOut(folder.files, beside: "the folders of the splits", of: &found)
        let strangers = folder.folders.filter { !layers.values.contains($0) }
        if !strangers.isEmpty {
            found.warnings.append(
                "beside \(layers[.train] ?? "train")/ these folders were ignored: \(strangers.joined(separator: ", "))")
        }
        return found
    }

    /// The names of the folders that stand for splits, if this source has such folders.
    private static func layers(_ folder: SourceFolder) throws(ErdeError) -> [DatasetSplit: String] {
        let names = splitNames(folder)
        // A class may well be called "train": it is a split only if it has class folders itself.
        var hasClasses = false
        for name in names[.train] ?? [] where !hasClasses {
            hasClasses = !(try folder.tree.entries(of: folder.join(name)).folders.isEmpty)
        }
        if !hasClasses { return [:] }
        for split in DatasetSplit.allCases {
            guard let several = names[split], several.count > 1 else { continue }
            throw ErdeError(
                .badData, folder.place(), "\(several[0])/ and \(several[1])/ are both \(split.rawValue) splits",
                remedy: "keep one of them")
        }
        return names.compactMapValues(\.first)
    }

    /// The names of the folders that a split may be called.
    private static func splitNames(_ folder: SourceFolder) -> [DatasetSplit: [String]] {
        var names: [DatasetSplit: [String]] = [:]
        for name in folder.folders {
            if let split = SplitName.split(ofFolder: name) { names[split, default: []].append(name) }
        }
        return names
    }

    /// - Throws: when folders would be taken for classes that are called like splits, more than one.
    private static func refuseSplits(_ folder: SourceFolder) throws(ErdeError) {
        let names = splitNames(folder)
        if names.count < 2 { return }
        let words = DatasetSplit.allCases.compactMap { names[$0]?.first }.map { "\($0)/" }.joined(separator: " and ")
        guard let train = names[.train]?.first else {
            throw ErdeError(
                .badData, folder.place(), "\(words) look like splits, and there is none to train on",
                remedy: "call the folder with the training images train")
        }
        throw ErdeError(
            .badData, folder.place(), "\(words) look like splits, but \(train)/ holds no class folders",
            remedy: "name the list with the labels, or put the images of each class into a folder")
    }

    /// Tells of images that no class folder holds.
    private static func leaveOut(_ files: [String], beside place: String, of found: inout LabelledSource) {
        let count = files.count { ImageFileFinder.hasImageName($0) }
        if count == 0 { return }
        found.warnings.append(
            "\(count) \(noun("image", for: count)) beside \(place) "
                + (count == 1 ? "has no class and was left out" : "have no class and were left out"))
    }

    /// Adds the class folders of one split; the training split, which comes first, says what classes there are.
    private static func add(
        _ layer: String, as split: DatasetSplit, of source: SourceFolder, to found: inout LabelledSource
    ) throws(ErdeError) {
        let tree = source.tree
        let folder = layer.isEmpty ? source.path : source.join(layer)
        let entries = try tree.entries(of: folder)
        if entries.folders.isEmpty {
            if split == .train { throw noClasses(tree.path(of: folder), fileCount: entries.files.count) }
            found.warnings.append("\(layer)/ has no class folders and was ignored")
            return
        }
        if split == .train { found.classNames = entries.folders }
        found.otherFileCount += entries.files.count { !ImageFileFinder.hasImageName($0) }
        leaveOut(entries.files, beside: layer.isEmpty ? "the class folders" : "the class folders of \(layer)/", of: &found)
        var images: [SourceImage] = []
        for name in entries.folders {
            let place = ImageFileFinder.join(folder, name)
            guard let label = found.classNames.firstIndex(of: name) else {
                throw ErdeError(
                    .badData, tree.path(of: place), "a class without training images",
                    remedy: "add training images or remove the folder")
            }
            let files = try tree.images(under: place)
            found.note(files)
            if files.images.isEmpty && split == .train {
                throw ErdeError(
                    .badData, tree.path(of: place), "no images in this class" + (files.linkCount > 0 ? ", but links" : ""),
                    remedy: "add images or remove the folder")
            }
            for file in files.images {
                guard let place = tree.place(of: file) else { continue }
                images.append(SourceImage(label: Int32(label), name: file, content: .file(place)))
            }
        }
        found.splits[split] = images
    }

    private static func noClasses(_ folder: String, fileCount: Int) -> ErdeError {
        if fileCount == 0 {
            return ErdeError(.badData, folder, "an empty folder", remedy: "put a folder of images for each class into it")
        }
        return ErdeError(
            .badData, folder, "\(fileCount) \(noun("file", for: fileCount)) but no class folders",
            remedy: "put the images of each class into a folder named after it")
    }
}
