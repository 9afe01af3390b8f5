import Artifacts
import Diagnostics
import FileTrees
import Images

/// WebDataset shards: tar archives in which `KEY.jpg` or `KEY.png` lies beside `KEY.cls`, a label as text.
///
/// A shard belongs to the split that its name or its folder says (`set-train-0001.tar`, `val/0001.tar`), else to training.
enum WebDatasetSource {
    private static let imageEndings: Set<String> = ["png", "jpg", "jpeg"]

    /// Whether an archive is a shard.
    static func isShard(_ tree: ArchiveTree) throws(ErdeError) -> Bool {
        var folder = ""
        for _ in 0..<4 {
            let entries = try tree.entries(of: folder)
            if entries.files.contains(where: { $0.hasSuffix(".cls") }) { return true }
            guard let only = entries.folders.first, entries.folders.count == 1 else { return false }
            folder = ImageFileFinder.join(folder, only)
        }
        return false
    }

    /// The tar files in a folder on disk and in its folders for splits, relative to the tree's root.
    static func shards(of folder: SourceFolder) throws(ErdeError) -> [String] {
        guard folder.tree is FolderTree else { return [] }
        var shards = folder.files.filter { ArchiveContent.isArchive(head: folder.heads[$0] ?? [], name: $0) }.map(folder.join)
        for name in folder.folders where SplitName.split(ofFolder: name) != nil {
            let entries = try folder.tree.entries(of: folder.join(name))
            for file in entries.files where !ImageFileFinder.hasImageName(file) {
                let path = ImageFileFinder.join(folder.join(name), file)
                if ArchiveContent.isArchive(head: try folder.tree.head(of: path), name: file) { shards.append(path) }
            }
        }
        return shards
    }

    /// - Parameter shards: with their names relative to the source.
    static func scan(
        _ shards: [(name: String, tree: ArchiveTree)], source: String, listedNames: [String]?, options: IngestOptions
    ) throws(ErdeError) -> LabelledSource {
        var samples: [Sample] = []
        var found = LabelledSource(kind: .webDataset, classNames: [])
        for (name, tree) in shards { try add(tree, name: name, to: &samples, of: &found) }
        let names = try LabelNames(samples.map(\.label), given: options.classNames ?? listedNames)
        found.classNames = names.names
        for sample in samples {
            guard let label = names.label(of: sample.label) else {
                found.unusable.append(
                    IngestReport.BadImage(
                        path: sample.name, reason: "label \(sample.label), expected 0 to \(names.labelCount - 1)", kind: .label))
                continue
            }
            found.splits[sample.split, default: []].append(
                SourceImage(label: label, name: sample.name, content: .file(sample.place)))
        }
        if found.splits[.train] == nil {
            throw ErdeError(
                .badData, source, "no training images in \(shards.count) \(noun("shard", for: shards.count))",
                remedy: "name the shards of the training split train")
        }
        found.notes.append("images and labels: those of \(shards.count) \(noun("shard", for: shards.count))")
        return found
    }

    private struct Sample {
        let name: String
        let label: String
        let split: DatasetSplit
        let place: FilePlace
    }

    private static func add(
        _ tree: ArchiveTree, name: String, to samples: inout [Sample], of found: inout LabelledSource
    ) throws(ErdeError) {
        let words = name.split(separator: "/")
        let split =
            words.dropLast().lazy.compactMap { SplitName.split(ofFolder: String($0)) }.first
            ?? SplitName.split(ofFile: words.last.map(String.init) ?? "") ?? .train
        let files = try tree.images(under: "")
        found.linkCount += files.linkCount
        let images = files.images.filter { imageEndings.contains(parts(of: $0).ending) }
        let labels = images.map { parts(of: $0).key + ".cls" }
        let present = labels.indices.filter { tree.hasFile(labels[$0]) }
        let contents = try tree.contents(of: present.map { labels[$0] }, limit: 4096)
        var texts: [Int: String] = [:]
        for (index, bytes) in zip(present, contents) {
            texts[index] = String(decoding: bytes.filter { $0 > 32 }, as: UTF8.self)
        }
        for (index, image) in images.enumerated() {
            let full = name.isEmpty ? image : "\(name)/\(image)"
            guard let text = texts[index], let number = Int(text), number >= 0, let place = tree.place(of: image) else {
                let reason = texts[index].map { "label \"\($0.prefix(40))\", expected a number" } ?? "no .cls beside it"
                found.unusable.append(IngestReport.BadImage(path: full, reason: reason, kind: .label))
                continue
            }
            samples.append(Sample(name: full, label: String(number), split: split, place: place))
        }
    }

    /// The key of a sample, up to the first dot of the file's name, and what follows.
    private static func parts(of file: String) -> (key: String, ending: String) {
        let start = file.lastIndex(of: "/").map { file.index(after: $0) } ?? file.startIndex
        guard let dot = file[start...].firstIndex(of: ".") else { return (file, "") }
        return (String(file[..<dot]), file[file.index(after: dot)...].lowercased())
    }
}
