import Artifacts
import Diagnostics

/// The labels of CIFAR-10 or of one of the two label sets of CIFAR-100, and their names.
struct CIFARLabels {
    let set: IngestOptions.LabelSet
    private(set) var names: [String]
    private let fileNames: [String]

    /// The names are numbers until others are read.
    ///
    /// - Throws: `ErdeError` of kind `usage` when CIFAR-10 is asked for other labels than its own.
    init(set: IngestOptions.LabelSet, isHundred: Bool) throws(ErdeError) {
        if !isHundred && set != .fine {
            throw ErdeError(
                .usage, "--labels", "chooses among the labels of CIFAR-100, and this is CIFAR-10", remedy: "leave it out")
        }
        self.set = set
        let count: Int
        if isHundred {
            switch set {
            case .fine: (count, fileNames) = (100, ["fine_label_names.txt"])
            case .coarse: (count, fileNames) = (20, ["coarse_label_names.txt"])
            }
        } else {
            (count, fileNames) = (10, ["batches.meta.txt"])
        }
        names = (0..<count).map(String.init)
    }

    /// Takes names given by the user or lying beside the images.
    mutating func readNames(in folder: SourceFolder, options: IngestOptions) throws(ErdeError) {
        if let given = options.classNames {
            try take(given, from: "class names", isOption: true)
        } else if let file = fileNames.first(where: { folder.files.contains($0) }) {
            try take(try folder.names(in: file), from: folder.place(file))
        }
    }

    /// - Throws: `ErdeError` when there are not as many names as labels.
    mutating func take(_ given: [String], from place: String, isOption: Bool = false) throws(ErdeError) {
        guard given.count == names.count, Set(given).count == given.count else {
            throw ErdeError(
                isOption ? .usage : .badData, place, "\(given.count) names, expected \(names.count) different ones",
                remedy: "name every label from 0 on")
        }
        names = given
    }

    /// The finding about an image whose label none of the classes has.
    func outOfRange(_ label: Int, image: String) -> IngestReport.BadImage {
        IngestReport.BadImage(path: image, reason: "label \(label), expected 0 to \(names.count - 1)", kind: .label)
    }
}
