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
            var found = LabelledSource(kind: .classFolders, classNames: [])
            try add("", as: .train, of: folder, to: &found)
            return found
        }
        var found = LabelledSource(kind: .splitFolders, classNames: [])
        for split in DatasetSplit.allCases {
            guard let layer = layers[split] else { continue }
            try add(layer, as: split, of: folder, to: &found)
        }
        let strangers = folder.folders.filter { !layers.values.contains($0) }
        if !strangers.isEmpty {
            found.warnings.append(
                "beside \(layers[.train] ?? "train")/ these folders were ignored: \(strangers.joined(separator: ", "))")
        }
        return found
    }

    /// The names of the folders that stand for splits, if this source has such folders.
    private static func layers(_ folder: SourceFolder) throws(ErdeError) -> [DatasetSplit: String] {
        var layers: [DatasetSplit: String] = [:]
        for name in folder.folders {
            guard let split = SplitName.split(ofFolder: name) else { continue }
            if let other = layers.updateValue(name, forKey: split) {
                throw ErdeError(
                    .badData, folder.place(), "\(other)/ and \(name)/ are both \(split.rawValue) splits",
                    remedy: "keep one of them")
            }
        }
        // A class may well be called "train": it is a split only if it has class folders itself.
        guard let train = layers[.train], !(try folder.tree.entries(of: folder.join(train)).folders.isEmpty) else { return [:] }
        return layers
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
        found.otherFileCount += entries.files.count
        var images: [SourceImage] = []
        for name in entries.folders {
            let place = ImageFileFinder.join(folder, name)
            guard let label = found.classNames.firstIndex(of: name) else {
                throw ErdeError(
                    .badData, tree.path(of: place), "a class without training images",
                    remedy: "add training images or remove the folder")
            }
            let files = try tree.images(under: place)
            found.otherFileCount += files.otherCount
            if files.images.isEmpty && split == .train {
                throw ErdeError(
                    .badData, tree.path(of: place), "no images in this class", remedy: "add images or remove the folder")
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
