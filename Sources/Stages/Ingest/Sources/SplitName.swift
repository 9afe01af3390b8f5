import Artifacts

/// Tells from a name which split it stands for.
enum SplitName {
    private static let splits: [String: DatasetSplit] = [
        "train": .train, "training": .train, "val": .calibration, "valid": .calibration, "validation": .calibration,
        "calibration": .calibration, "test": .test, "testing": .test,
    ]
    /// What may stand before or behind.
    private static let words = ["dataset", "set", "data", "images", "seg"]

    /// Of a folder: the whole name counts, but for one word such as set, joined or not, and a number at its end: `test`,
    /// `test_set`, `testset`, `seg_test`, `test2017`.
    static func split(ofFolder name: String) -> DatasetSplit? {
        var name = name.lowercased()[...]
        while let last = name.last, last.isNumber { name.removeLast() }
        if let split = splits[String(name)] { return split }
        for word in words {
            if name.hasSuffix(word), let split = splits[stem(name.dropLast(word.count))] { return split }
            if name.hasPrefix(word), let split = splits[stem(name.dropFirst(word.count))] { return split }
        }
        return nil
    }

    /// A word without what joins it to another.
    private static func stem(_ word: Substring) -> String { word.split { "_- ".contains($0) }.joined() }

    /// Of a file: a word of the name counts, as in `data-test-0001.tar`.
    static func split(ofFile name: String) -> DatasetSplit? {
        let words = name.lowercased().split { !$0.isLetter }
        return words.lazy.compactMap { split(ofFolder: String($0)) }.first
    }
}
