import Artifacts
import Diagnostics
import Images

/// Sources that are the four files of MNIST and its descendants: images and labels, to train on and to test.
enum IDXSource {
    /// An IDX file found in a folder.
    struct Candidate {
        let name: String
        /// 3: images; 1: labels.
        let rank: Int
    }

    /// The IDX files in a folder, told by content.
    static func files(in folder: String) throws(ErdeError) -> [Candidate] {
        var candidates: [Candidate] = []
        for name in try ImageFileFinder.entries(of: folder).files {
            if let rank = IDXFile.rank(of: ImageFileFinder.join(folder, name)) {
                candidates.append(Candidate(name: name, rank: rank))
            }
        }
        return candidates
    }

    static func scan(
        _ folder: String, files: [Candidate], classNames: [String]?
    ) throws(ErdeError) -> LabelledSource {
        let training = try pair(files, of: folder, isTraining: true)
        let testing = try pair(files, of: folder, isTraining: false)
        guard let training else {
            throw ErdeError(
                .badData, folder, "IDX files, but none whose name says train",
                remedy: "name them train-images-idx3-ubyte and train-labels-idx1-ubyte")
        }
        let used = Set(training.labels.elements + (testing?.labels.elements ?? [])).sorted()
        var names = used.map { String($0) }
        if let classNames {
            guard let last = used.last, classNames.count > Int(last) else {
                throw ErdeError(
                    .usage, "class names", "\(classNames.count) names, but the labels go up to \(used.last ?? 0)",
                    remedy: "name every label from 0 on")
            }
            names = used.map { classNames[Int($0)] }
        }
        var found = LabelledSource(kind: .idx, classNames: names, splits: [:])
        found.splits[.train] = images(training, labels: used)
        if let testing { found.splits[.test] = images(testing, labels: used) }
        return found
    }

    private struct Pair {
        let name: String
        let images: IDXFile
        let labels: IDXFile
    }

    /// The image file of one half and the label file that belongs to it.
    private static func pair(_ files: [Candidate], of folder: String, isTraining: Bool) throws(ErdeError) -> Pair? {
        let half = files.filter { isTrainingName($0.name) == isTraining }
        if half.isEmpty { return nil }
        let what = isTraining ? "training" : "test"
        let images = try only(half.filter { $0.rank == 3 }, "\(what) images", of: folder)
        let labels = try only(half.filter { $0.rank == 1 }, "\(what) labels", of: folder)
        let pair = Pair(
            name: images, images: try IDXFile(ImageFileFinder.join(folder, images), rank: 3),
            labels: try IDXFile(ImageFileFinder.join(folder, labels), rank: 1))
        guard pair.images.extents[0] == pair.labels.extents[0] else {
            throw ErdeError(
                .badData, pair.labels.path, "\(pair.labels.extents[0]) labels for \(pair.images.extents[0]) images",
                remedy: "get both files again")
        }
        return pair
    }

    private static func isTrainingName(_ name: String) -> Bool { name.lowercased().contains("train") }

    /// The one file for a purpose; a plain file goes before its own gzip.
    private static func only(_ candidates: [Candidate], _ what: String, of folder: String) throws(ErdeError) -> String {
        let names = candidates.map(\.name)
        let kept = names.filter { !($0.hasSuffix(".gz") && names.contains(String($0.dropLast(3)))) }
        guard kept.count == 1 else {
            let found = kept.isEmpty ? "none" : kept.joined(separator: ", ")
            throw ErdeError(
                .badData, folder, "expected one IDX file of \(what), found \(found)",
                remedy: "keep the four files of one dataset in the folder")
        }
        return kept[0]
    }

    private static func images(_ pair: Pair, labels: [UInt8]) -> [SourceImage] {
        let content = IDXImages(width: pair.images.extents[2], height: pair.images.extents[1], pixels: pair.images.elements)
        var positions = [Int32](repeating: 0, count: 256)
        for (position, label) in labels.enumerated() { positions[Int(label)] = Int32(position) }
        return pair.labels.elements.enumerated().map { index, label in
            SourceImage(label: positions[Int(label)], name: "\(pair.name)#\(index)", content: .idx(content, index))
        }
    }
}
