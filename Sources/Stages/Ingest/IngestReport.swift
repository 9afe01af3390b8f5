package import Artifacts

/// What `ingest` read, wrote and found wrong.
package struct IngestReport: Hashable, Sendable, Codable {
    /// How the source holds its images.
    package enum SourceKind: String, Hashable, Sendable, Codable {
        /// A sub-folder per class.
        case classFolders
        /// `train/`, `test/` … and in each a sub-folder per class.
        case splitFolders
        /// IDX files, as MNIST and its descendants come.
        case idx
        /// CIFAR-10 or CIFAR-100.
        case cifar
        /// SVHN's cropped digits.
        case svhn
        /// TinyImageNet's folders and annotations.
        case tinyImageNet
        /// WebDataset shards.
        case webDataset
        /// A text file with paths and labels.
        case list

        /// Whether images come in the order of one training file, of which published protocols set the last apart.
        var isOrdered: Bool {
            switch self {
            case .idx, .cifar, .svhn: true
            case .classFolders, .splitFolders, .tinyImageNet, .webDataset, .list: false
            }
        }
    }

    /// An image that cannot be used.
    package struct BadImage: Hashable, Sendable, Codable {
        /// Relative to the source.
        package var path: String
        package var reason: String
        /// One of the unusable kinds.
        package var kind: FindingKind

        package init(path: String, reason: String, kind: FindingKind) {
            precondition(kind.isUnusable, "a dataset can use an image of the finding \(kind)")
            self.path = path
            self.reason = reason
            self.kind = kind
        }
    }

    /// Images whose pixels are equal at the working size.
    package struct Duplicates: Hashable, Sendable, Codable {
        /// Images equal to an earlier one.
        package var images = 0
        /// Calibration images equal to a training image.
        package var calibrationInTrain = 0
        /// Test images equal to a training or calibration image.
        package var testInOthers = 0
        /// Images equal to an earlier one of another class.
        package var contradictingLabels = 0
    }

    package var source: String
    package var sourceKind: SourceKind
    /// Path of the file that was written.
    package var dataset: String
    package var datasetBytes: Int
    package var fingerprint: String
    package var description: DatasetDescription
    package var classes: [DatasetCheck.ClassCounts]
    /// All images that were tried, good and bad.
    package var imageCount: Int
    package var badImages: [BadImage]
    /// Files that are no images and were passed over.
    package var otherFileCount: Int
    package var duplicates: Duplicates
    /// All that was found worth knowing, with examples; stored with the dataset.
    package var findings: DatasetFindings
    /// What was decided, in sentences.
    package var notes: [String]
    /// What looks wrong though nothing failed, in sentences.
    package var warnings: [String]
    package var seconds: Double
}
