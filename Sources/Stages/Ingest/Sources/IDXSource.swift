import ArrayFiles
import Artifacts
import Diagnostics

/// Sources that are the four files of MNIST and its descendants: images and labels, to train on and to test.
enum IDXSource {
    /// An IDX file found in a folder.
    struct Candidate {
        let name: String
        /// 3: images; 1: labels.
        let rank: Int
    }

    /// The IDX files in a folder, told by content.
    static func files(in folder: SourceFolder) -> [Candidate] {
        folder.files.compactMap { name in
            folder.heads[name].flatMap { IDXFile.rank(head: $0) }.map { Candidate(name: name, rank: $0) }
        }
    }

    static func scan(_ folder: SourceFolder, options: IngestOptions) throws(ErdeError) -> LabelledSource {
        let candidates = files(in: folder)
        guard !candidates.isEmpty else {
            throw ErdeError(
                .badData, folder.place(), "no IDX files", remedy: "name the folder that holds them, or leave out --format idx")
        }
        let files = try subset(candidates, of: folder, options: options)
        guard let training = try pair(files, of: folder, isTraining: true) else {
            throw ErdeError(
                .badData, folder.place(), "IDX files, but none whose name says train",
                remedy: "name them train-images-idx3-ubyte and train-labels-idx1-ubyte")
        }
        let testing = try pair(files, of: folder, isTraining: false)
        let used = Set(Array(training.labels.elements) + Array(testing?.labels.elements ?? [])).sorted()
        let given =
            if let names = options.classNames { names } else { try EMNISTMapping.names(for: training.name, in: folder) }
        var names = used.map { String($0) }
        if let given {
            guard let last = used.last, given.count > Int(last) else {
                throw ErdeError(
                    .usage, "class names", "\(given.count) names, but the labels go up to \(used.last ?? 0)",
                    remedy: "name every label from 0 on")
            }
            names = used.map { given[Int($0)] }
        }
        let isTransposed =
            switch options.orientation {
            case .automatic: training.name.lowercased().contains("emnist")
            case .upright: false
            case .transposed: true
            }
        var found = LabelledSource(kind: .idx, classNames: names)
        found.splits[.train] = images(training, labels: used, isTransposed: isTransposed)
        if let testing { found.splits[.test] = images(testing, labels: used, isTransposed: isTransposed) }
        if isTransposed { found.notes.append("images: transposed, as EMNIST stores them") }
        return found
    }

    private struct Pair {
        let name: String
        let images: IDXFile
        let labels: IDXFile
    }

    /// Of several datasets that lie together, as EMNIST's do, the one that was asked for.
    private static func subset(
        _ files: [Candidate], of folder: SourceFolder, options: IngestOptions
    ) throws(ErdeError) -> [Candidate] {
        guard let subset = options.subset else { return files }
        let kept = files.filter { $0.name.lowercased().contains(subset.lowercased()) }
        if kept.isEmpty {
            throw ErdeError(
                .usage, "subset", "\(subset) is in the name of no IDX file of \(folder.place())",
                remedy: "give a part of a file's name: \(files.map(\.name).joined(separator: ", "))")
        }
        return kept
    }

    /// The image file of one half and the label file that belongs to it.
    private static func pair(
        _ files: [Candidate], of folder: SourceFolder, isTraining: Bool
    ) throws(ErdeError) -> Pair? {
        let half = files.filter { $0.name.lowercased().contains("train") == isTraining }
        if half.isEmpty { return nil }
        let what = isTraining ? "training" : "test"
        let images = try only(half.filter { $0.rank == 3 }, "\(what) images", of: folder)
        let labels = try only(half.filter { $0.rank == 1 }, "\(what) labels", of: folder)
        let contents = try folder.contents(of: [images, labels], limit: IDXFile.byteLimit)
        let pair = Pair(
            name: images, images: try IDXFile(contents[0], name: folder.place(images), rank: 3),
            labels: try IDXFile(contents[1], name: folder.place(labels), rank: 1))
        guard pair.images.extents[0] == pair.labels.extents[0] else {
            throw ErdeError(
                .badData, pair.labels.name, "\(pair.labels.extents[0]) labels for \(pair.images.extents[0]) images",
                remedy: "get both files again")
        }
        return pair
    }

    /// The one file for a purpose; a plain file goes before its own gzip.
    private static func only(_ candidates: [Candidate], _ what: String, of folder: SourceFolder) throws(ErdeError) -> String {
        let names = candidates.map(\.name)
        let kept = names.filter { !($0.hasSuffix(".gz") && names.contains(String($0.dropLast(3)))) }
        guard kept.count == 1 else {
            let found = kept.isEmpty ? "none" : kept.joined(separator: ", ")
            throw ErdeError(
                .badData, folder.place(), "expected one IDX file of \(what), found \(found)",
                remedy: "keep the four files of one dataset in the folder, or choose with --subset")
        }
        return kept[0]
    }

    private static func images(_ pair: Pair, labels: [UInt8], isTransposed: Bool) -> [SourceImage] {
        let extents = pair.images.extents
        // Transposed, the rows of the file are the columns of the image.
        let content = PackedImages(
            channels: 1, height: extents[isTransposed ? 2 : 1], width: extents[isTransposed ? 1 : 2],
            order: isTransposed ? .transposedPlanes : .planes, bytes: pair.images.elements)
        var positions = [Int32](repeating: 0, count: 256)
        for (position, label) in labels.enumerated() { positions[Int(label)] = Int32(position) }
        return pair.labels.elements.enumerated().map { index, label in
            SourceImage(label: positions[Int(label)], name: "\(pair.name)#\(index)", content: .packed(content, index))
        }
    }
}
