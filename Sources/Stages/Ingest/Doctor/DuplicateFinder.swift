import Artifacts
import Diagnostics

/// Finds images whose pixels are equal: copies across splits make a test result too good.
struct DuplicateFinder {
    private var first: [SHA256.Digest: ImageReference] = [:]
    private(set) var duplicates = IngestReport.Duplicates()
    /// The kinds and pairs, in the order of the images.
    private(set) var pairs: [(kind: FindingKind, pair: (earlier: ImageReference, later: ImageReference))] = []

    /// Splits come in the order of `DatasetSplit.allCases`.
    ///
    /// - Returns: whether the image is new.
    mutating func add(_ digest: SHA256.Digest, _ reference: ImageReference) -> Bool {
        guard let earlier = first[digest] else {
            first[digest] = reference
            return true
        }
        duplicates.images += 1
        if earlier.label != reference.label {
            duplicates.contradictingLabels += 1
            pairs.append((.duplicateAcrossClasses, (earlier, reference)))
        }
        if earlier.split != reference.split {
            pairs.append((.duplicateAcrossSplits, (earlier, reference)))
            switch reference.split {
            case .train: break
            case .calibration: duplicates.calibrationInTrain += 1
            case .test: duplicates.testInOthers += 1
            }
        }
        if earlier.label == reference.label && earlier.split == reference.split {
            pairs.append((.duplicate, (earlier, reference)))
        }
        return false
    }

    /// What the counts mean, in sentences.
    var warnings: [String] {
        var warnings: [String] = []
        if duplicates.testInOthers > 0 {
            let count = duplicates.testInOthers
            let images = "\(noun("image", for: count)) \(count == 1 ? "is" : "are")"
            warnings.append("\(count) test \(images) also among the training or calibration images")
        }
        if duplicates.calibrationInTrain > 0 {
            let count = duplicates.calibrationInTrain
            let images = "\(noun("image", for: count)) \(count == 1 ? "is" : "are")"
            warnings.append("\(count) calibration \(images) also among the training images")
        }
        if duplicates.contradictingLabels > 0 {
            let count = duplicates.contradictingLabels
            warnings.append("\(count == 1 ? "1 image equals" : "\(count) images equal") an earlier image of another class")
        }
        return warnings
    }
}
