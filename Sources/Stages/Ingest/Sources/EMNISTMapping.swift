import Diagnostics

/// The class names of EMNIST: `emnist-balanced-mapping.txt` has on each line a label and the codes of its characters.
enum EMNISTMapping {
    /// Names for the labels from 0 on, or nil when there is no mapping beside the images.
    ///
    /// - Parameter images: `emnist-balanced-train-images-idx3-ubyte.gz` and the like.
    static func names(for images: String, in folder: SourceFolder) throws(ErdeError) -> [String]? {
        guard let train = images.firstRange(of: "train") else { return nil }
        let mapping = String(images[..<train.lowerBound]) + "mapping.txt"
        guard mapping != "mapping.txt", folder.files.contains(mapping) else { return nil }
        var names: [Int: String] = [:]
        for line in try folder.text(of: mapping).lines {
            let numbers = line.text.split(separator: " ").map { Int($0) }
            guard numbers.count >= 2, let label = numbers[0], (0..<256).contains(label), let code = numbers[1],
                (33..<127).contains(code)
            else {
                throw ErdeError(
                    .badData, folder.place(mapping),
                    "line \(line.number): \"\(line.text.prefix(40))\" is not a label and a character's code",
                    remedy: "get the file again or remove it")
            }
            names[label] = String(UnicodeScalar(UInt8(code)))
        }
        // Labels that begin at 1 leave 0 without a name of its own; no image has it.
        guard let last = names.keys.max(), Set(names.values).count == names.count else { return nil }
        return (0...last).map { names[$0] ?? "unused \($0)" }
    }
}
