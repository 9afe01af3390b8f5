import Diagnostics
import Images

/// Tells by content what kind of source a path is, and lists its images.
enum SourceRecognition {
    /// - Throws: `ErdeError` of kind `notFound` when the path does not exist, `badData` when no labelled images are there.
    static func scan(_ source: String, options: IngestOptions) throws(ErdeError) -> LabelledSource {
        guard ImageFileFinder.exists(source) else {
            throw ErdeError(.notFound, source, "does not exist", remedy: "name a folder of images")
        }
        guard ImageFileFinder.isFolder(source) else {
            throw ErdeError(
                .badData, source, "expected a folder, found a file",
                remedy: "name the folder that holds class folders or IDX files")
        }
        let idxFiles = try IDXSource.files(in: source)
        var found =
            idxFiles.isEmpty
            ? try ClassFolders.scan(source) : try IDXSource.scan(source, files: idxFiles, classNames: options.classNames)
        if found.kind != .idx, options.classNames != nil {
            throw ErdeError(
                .usage, "class names", "given for class folders, which have their own names", remedy: "rename the folders")
        }
        if found.classNames.count < 2 {
            throw ErdeError(
                .badData, source, "one class only (\(found.classNames.joined())), expected at least two",
                remedy: "add a folder for each further class")
        }
        found.warnings += oddOrder(found.classNames).map { [$0] } ?? []
        return found
    }

    /// A warning when class names are numbers whose order as text is another than as numbers.
    private static func oddOrder(_ names: [String]) -> String? {
        let numbers = names.compactMap { Int($0) }
        guard numbers.count == names.count,
            let position = numbers.indices.dropLast().first(where: { numbers[$0] > numbers[$0 + 1] })
        else { return nil }
        return "class names are numbers in text order: \(names[position]) comes before \(names[position + 1]), so labels "
            + "are positions in that order and not the numbers; pad the names with zeros to have both agree"
    }
}
