import Artifacts

/// Counts images whose pixels are equal: copies across splits make a test result too good.
struct DuplicateFinder {
    private struct Sighting {
        let split: DatasetSplit
        let label: Int32
    }

    private var first: [SHA256.Digest: Sighting] = [:]
    private(set) var duplicates = IngestReport.Duplicates()

    /// Splits come in the order of `DatasetSplit.allCases`.
    mutating func add(_ digest: SHA256.Digest, label: Int32, split: DatasetSplit) {
        guard let earlier = first[digest] else {
            first[digest] = Sighting(split: split, label: label)
            return
        }
        duplicates.images += 1
        if earlier.label != label { duplicates.contradictingLabels += 1 }
        if earlier.split != split {
            switch split {
            case .train: break
            case .calibration: duplicates.calibrationInTrain += 1
            case .test: duplicates.testInOthers += 1
            }
        }
    }

    /// What the counts mean, in sentences.
    var warnings: [String] {
        var warnings: [String] = []
        if duplicates.testInOthers > 0 {
            warnings.append("\(duplicates.testInOthers) test images are also among the training or calibration images")
        }
        if duplicates.calibrationInTrain > 0 {
            warnings.append("\(duplicates.calibrationInTrain) calibration images are also among the training images")
        }
        if duplicates.contradictingLabels > 0 {
            warnings.append("\(duplicates.contradictingLabels) images equal an earlier image of another class")
        }
        return warnings
    }
}
