import Artifacts
import Diagnostics
import FileTrees
import Images

/// TinyImageNet as it is published: `train/CLASS/images`, `val/images` with `val_annotations.txt`, `test/images` without
/// labels.
///
/// The published validation images are the test split, because those called test have no labels.
enum TinyImageNetSource {
    private static let annotations = "val/val_annotations.txt"

    static func recognises(_ folder: SourceFolder) throws(ErdeError) -> Bool {
        folder.folders.contains("train") && folder.folders.contains("val")
            && folder.tree.hasFile(folder.join(annotations))
    }

    static func scan(_ folder: SourceFolder) throws(ErdeError) -> LabelledSource {
        let tree = folder.tree
        guard folder.folders.contains("train"), tree.hasFile(folder.join(annotations)) else {
            throw ErdeError(
                .badData, folder.place(), "expected train/ and \(annotations)", remedy: "name the unpacked tiny-imagenet-200")
        }
        let classes = try tree.entries(of: folder.join("train")).folders
        var found = LabelledSource(kind: .tinyImageNet, classNames: try names(of: classes, in: folder))
        var train: [SourceImage] = []
        for (label, name) in classes.enumerated() {
            let files = try tree.images(under: folder.join("train/\(name)"))
            found.note(files)
            if files.images.isEmpty {
                throw ErdeError(.badData, folder.place("train/\(name)"), "no images in this class", remedy: "get it again")
            }
            for file in files.images {
                guard let place = tree.place(of: file) else { continue }
                train.append(SourceImage(label: Int32(label), name: file, content: .file(place)))
            }
        }
        found.splits[.train] = train
        try addValidation(to: &found, classes: classes, of: folder)
        found.notes.append("test: the published validation images; those called test have no labels")
        return found
    }

    private static func addValidation(
        to found: inout LabelledSource, classes: [String], of folder: SourceFolder
    ) throws(ErdeError) {
        let labels = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int32($0)) })
        var images: [SourceImage] = []
        for line in try folder.text(of: annotations).lines {
            let fields = line.text.split(separator: "\t")
            guard fields.count >= 2 else {
                throw ErdeError(
                    .badData, folder.place(annotations),
                    "line \(line.number): \"\(line.text.prefix(40))\" is not a file and its class",
                    remedy: "get the dataset again")
            }
            let file = folder.join("val/images/\(fields[0])")
            guard let label = labels[String(fields[1])] else {
                found.unusable.append(
                    IngestReport.BadImage(path: file, reason: "label \(fields[1]), which train/ does not have", kind: .label))
                continue
            }
            guard folder.tree.hasFile(file), let place = folder.tree.place(of: file) else {
                found.unusable.append(
                    IngestReport.BadImage(path: file, reason: "in the annotations, but not there", kind: .unreadable))
                continue
            }
            images.append(SourceImage(label: label, name: file, content: .file(place)))
        }
        found.splits[.test] = images
    }

    /// The first English name of each class where `words.txt` has one and no other class the same; else its identifier.
    private static func names(of classes: [String], in folder: SourceFolder) throws(ErdeError) -> [String] {
        guard folder.files.contains("words.txt") else { return classes }
        let wanted = Set(classes)
        var words: [String: String] = [:]
        for line in try folder.text(of: "words.txt").lines {
            let fields = line.text.split(separator: "\t", maxSplits: 1)
            guard fields.count == 2, wanted.contains(String(fields[0])) else { continue }
            words[String(fields[0])] = fields[1].split(separator: ",").first.map(String.init)
        }
        var counts: [String: Int] = [:]
        for word in words.values { counts[word, default: 0] += 1 }
        return classes.map { name in
            guard let word = words[name] else { return name }
            return counts[word] == 1 ? word : "\(word) (\(name))"
        }
    }
}
