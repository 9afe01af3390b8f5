import ArrayFiles
import Artifacts
import Diagnostics

/// CIFAR-10 and CIFAR-100 in their Python version: pickled dictionaries with `data` `[N, 3072]`, planes red, green, blue,
/// and `labels`, or `fine_labels` and `coarse_labels`; names in `batches.meta` or `meta`.
enum CIFARPickleSource {
    private static let side = 32
    private static let pixelBytes = 3 * side * side
    private static let fileLimit = 4 << 30
    /// One of these is among the first words of every such file.
    private static let marks = ["batch_label", "filenames", "label", "data", "num_cases_per_batch", "num_vis"]

    /// The pickles in a folder, batches and names, told by content.
    static func files(in folder: SourceFolder) -> [String] {
        folder.files.filter { name in
            guard let head = folder.heads[name], PickleReader.isPickle(head: head) else { return false }
            return marks.contains { head.firstRange(of: Array($0.utf8)) != nil }
        }
    }

    static func scan(_ folder: SourceFolder, options: IngestOptions) throws(ErdeError) -> LabelledSource {
        let files = files(in: folder)
        var batches: [(file: String, batch: Batch)] = []
        var nameLists: [String: [String]] = [:]
        for (file, bytes) in zip(files, try folder.contents(of: files, limit: fileLimit)) {
            guard case .dictionary(let entries) = try PickleReader.read(bytes, name: folder.place(file)) else {
                throw ErdeError(
                    .badData, folder.place(file), "expected a pickled dictionary", remedy: "keep only CIFAR's files in the folder"
                )
            }
            if entries["data"] != nil {
                batches.append((file, try Batch(entries, options: options, name: folder.place(file))))
            } else {
                for key in ["label_names", "fine_label_names", "coarse_label_names"] {
                    nameLists[key] = entries[key]?.texts ?? nameLists[key]
                }
            }
        }
        guard let first = batches.first?.batch else {
            throw ErdeError(.badData, folder.place(), "pickles, but no batch with data", remedy: "get all files of the dataset")
        }
        if let odd = batches.first(where: { $0.batch.isHundred != first.isHundred }) {
            throw ErdeError(
                .badData, folder.place(odd.file), "CIFAR-10 and CIFAR-100 lie together", remedy: "give each a folder of its own")
        }
        var labels = try CIFARLabels(set: options.labelSet, isHundred: first.isHundred)
        let key = first.isHundred ? "\(options.labelSet.rawValue)_label_names" : "label_names"
        if let names = options.classNames {
            try labels.take(names, from: "class names", isOption: true)
        } else if let names = nameLists[key] {
            try labels.take(names, from: folder.place())
        }
        return try labelled(batches, labels: labels, of: folder)
    }

    private static func labelled(
        _ batches: [(file: String, batch: Batch)], labels: CIFARLabels, of folder: SourceFolder
    ) throws(ErdeError) -> LabelledSource {
        var found = LabelledSource(kind: .cifar, classNames: labels.names)
        for (file, batch) in batches {
            let split = SplitName.split(ofFile: file) == .test ? DatasetSplit.test : .train
            for (index, label) in batch.labels.enumerated() {
                let image = "\(file)#\(index)"
                guard labels.names.indices.contains(label) else {
                    found.unusable.append(labels.outOfRange(label, image: image))
                    continue
                }
                found.splits[split, default: []].append(
                    SourceImage(label: Int32(label), name: image, content: .packed(batch.images, index)))
            }
        }
        if found.splits[.train] == nil {
            throw ErdeError(.badData, folder.place(), "no training batch", remedy: "get all files of the dataset")
        }
        return found
    }

    /// One file with images.
    private struct Batch {
        let images: PackedImages
        let labels: [Int]
        let isHundred: Bool

        init(_ entries: [String: PickleValue], options: IngestOptions, name: String) throws(ErdeError) {
            isHundred = entries["fine_labels"] != nil
            let key = isHundred ? "\(options.labelSet.rawValue)_labels" : "labels"
            guard let labels = entries[key]?.integers else {
                throw ErdeError(.badData, name, "has no list \(key) of numbers", remedy: "get the file again")
            }
            let bytes: ArraySlice<UInt8>
            switch entries["data"] {
            case .bytes(let data): bytes = data
            case .array(let array):
                guard array.element == .unsigned(bytes: 1), array.order == .rows || array.extents.count < 2 else {
                    throw ErdeError(.badData, name, "data are no bytes in rows", remedy: "get the file again")
                }
                bytes = array.bytes
            case nil, .some(.none), .bool, .integer, .float, .text, .list, .dictionary:
                throw ErdeError(.badData, name, "data are neither an array nor bytes", remedy: "get the file again")
            }
            guard bytes.count == labels.count * pixelBytes else {
                throw ErdeError(
                    .badData, name, "\(bytes.count) bytes of data for \(labels.count) labels, expected \(pixelBytes) each",
                    remedy: "get the file again")
            }
            self.labels = labels
            images = PackedImages(channels: 3, height: side, width: side, bytes: bytes)
        }
    }
}
