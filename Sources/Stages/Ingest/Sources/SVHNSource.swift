import ArrayFiles
import Artifacts
import Diagnostics

/// SVHN's cropped digits: `train_32x32.mat` and `test_32x32.mat` with `X` `[H, W, 3, N]` and `y` `[N, 1]`, in which the
/// digit 0 has the label 10.
///
/// The third file, `extra_32x32.mat`, is left out: it is no part of the training set proper.
enum SVHNSource {
    private static let byteLimit = 8 << 30

    /// The MAT files in a folder, told by content.
    static func files(in folder: SourceFolder) -> [String] {
        folder.files.filter { folder.heads[$0].map { MATFile.isMAT(head: $0) } ?? false }
    }

    static func scan(_ folder: SourceFolder, options: IngestOptions) throws(ErdeError) -> LabelledSource {
        let names = options.classNames ?? (0..<10).map(String.init)
        guard names.count == 10, Set(names).count == 10 else {
            throw ErdeError(.usage, "class names", "\(names.count) names, expected 10 different ones for the digits 0 to 9")
        }
        var found = LabelledSource(kind: .svhn, classNames: names)
        for file in files(in: folder) {
            guard let split = SplitName.split(ofFile: file) else {
                found.warnings.append("\(file) was ignored: its name says neither train nor test")
                continue
            }
            try add(file, as: split, of: folder, to: &found)
        }
        if found.splits[.train] == nil {
            throw ErdeError(.badData, folder.place(), "no train_32x32.mat", remedy: "get all files of the dataset")
        }
        return found
    }

    private static func add(
        _ file: String, as split: DatasetSplit, of folder: SourceFolder, to found: inout LabelledSource
    ) throws(ErdeError) {
        let place = folder.place(file)
        let arrays = try MATFile.arrays(
            ["X", "y"], in: try folder.contents(of: file, limit: byteLimit), limit: byteLimit, name: place)
        let (pixels, classes) = (arrays[0], arrays[1])
        // One image: MATLAB drops a last extent of 1.
        let extents = pixels.extents.count == 3 ? pixels.extents + [1] : pixels.extents
        guard pixels.element == .unsigned(bytes: 1), extents.count == 4, extents[2] == 3, extents[0] > 0, extents[1] > 0 else {
            throw ErdeError(
                .badData, place, "X is \(pixels.extents), expected bytes of [height, width, 3, images]",
                remedy: "get the cropped digits (format 2)")
        }
        guard let labels = classes.integers, labels.count == extents[3] else {
            throw ErdeError(
                .badData, place, "\(classes.count) labels for \(extents[3]) images", remedy: "get the file again")
        }
        // The first extent runs fastest: planes of columns.
        let images = PackedImages(
            channels: 3, height: extents[0], width: extents[1], order: .transposedPlanes, bytes: pixels.bytes)
        for (index, label) in labels.enumerated() {
            let name = "\(file)#\(index)"
            guard (0...10).contains(label) else {
                found.unusable.append(
                    IngestReport.BadImage(path: name, reason: "label \(label), expected 1 to 10", kind: .label))
                continue
            }
            found.splits[split, default: []].append(
                SourceImage(label: Int32(label % 10), name: name, content: .packed(images, index)))
        }
    }
}
