import Artifacts
import Diagnostics
import Images

/// Sources that are folders of image files: a sub-folder per class, under `train/`, `test/` … or not.
enum ClassFolders {
    static func scan(_ source: String) throws(ErdeError) -> LabelledSource {
        let entries = try ImageFileFinder.entries(of: source)
        let layers = try layers(entries.folders, of: source)
        if layers.isEmpty { return try classes(in: source) }

        var found = LabelledSource(kind: .splitFolders, classNames: [], splits: [:])
        for split in DatasetSplit.allCases {
            guard let layer = layers[split] else { continue }
            try add(layer, as: split, of: source, to: &found)
        }
        let strangers = entries.folders.filter { !layers.values.contains($0) }
        if !strangers.isEmpty {
            found.warnings.append(
                "beside \(layers[.train] ?? "train")/ these folders were ignored: \(strangers.joined(separator: ", "))")
        }
        return found
    }

    /// A source without split folders.
    private static func classes(in source: String) throws(ErdeError) -> LabelledSource {
        var found = LabelledSource(kind: .classFolders, classNames: [], splits: [:])
        try add("", as: .train, of: source, to: &found)
        return found
    }

    /// The names of the folders that stand for splits, if this source has such folders.
    private static func layers(_ folders: [String], of source: String) throws(ErdeError) -> [DatasetSplit: String] {
        var layers: [DatasetSplit: String] = [:]
        for folder in folders {
            let split: DatasetSplit
            switch folder.lowercased() {
            case "train", "training": split = .train
            case "val", "valid", "validation", "calibration": split = .calibration
            case "test", "testing": split = .test
            default: continue
            }
            if let other = layers.updateValue(folder, forKey: split) {
                throw ErdeError(
                    .badData, source, "\(other)/ and \(folder)/ are both \(split.rawValue) splits", remedy: "keep one of them")
            }
        }
        // A class may well be called "train": it is a split only if it has class folders itself.
        guard let train = layers[.train],
            !(try ImageFileFinder.entries(of: ImageFileFinder.join(source, train)).folders.isEmpty)
        else { return [:] }
        return layers
    }

    /// Adds the class folders of one split; the training split, which comes first, says what classes there are.
    private static func add(
        _ layer: String, as split: DatasetSplit, of source: String, to found: inout LabelledSource
    ) throws(ErdeError) {
        let folder = layer.isEmpty ? source : ImageFileFinder.join(source, layer)
        let entries = try ImageFileFinder.entries(of: folder)
        if entries.folders.isEmpty {
            if split == .train { throw noClasses(folder, fileCount: entries.files.count) }
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
                    .badData, place, "a class without training images", remedy: "add training images or remove the folder")
            }
            let files = try ImageFileFinder.images(under: place)
            found.otherFileCount += files.otherCount
            if files.images.isEmpty && split == .train {
                throw ErdeError(.badData, place, "no images in this class", remedy: "add images or remove the folder")
            }
            let prefix = source.hasSuffix("/") ? source.utf8.count : source.utf8.count + 1
            for path in files.images {
                images.append(
                    SourceImage(
                        label: Int32(label), name: String(decoding: path.utf8.dropFirst(prefix), as: UTF8.self),
                        content: .file(path)))
            }
        }
        found.splits[split] = images
    }

    private static func noClasses(_ folder: String, fileCount: Int) -> ErdeError {
        if fileCount == 0 {
            return ErdeError(.badData, folder, "an empty folder", remedy: "put a folder of images for each class into it")
        }
        return ErdeError(
            .badData, folder, "\(fileCount) files but no class folders",
            remedy: "put the images of each class into a folder named after it")
    }
}
