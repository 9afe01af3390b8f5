import Artifacts

/// Tells from a name which split it stands for.
enum SplitName {
    /// Of a folder: the whole name counts.
    static func split(ofFolder name: String) -> DatasetSplit? {
        switch name.lowercased() {
        case "train", "training": .train
        case "val", "valid", "validation", "calibration": .calibration
        case "test", "testing": .test
        default: nil
        }
    }

    /// Of a file: a word of the name counts, as in `data-test-0001.tar`.
    static func split(ofFile name: String) -> DatasetSplit? {
        let words = name.lowercased().split { !$0.isLetter }
        return words.lazy.compactMap { split(ofFolder: String($0)) }.first
    }
}
