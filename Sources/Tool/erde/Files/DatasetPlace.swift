import Artifacts
import DatasetFile
import Diagnostics

/// A dataset that a command works on, and where it lies.
struct DatasetPlace {
    let dataset: Dataset
    /// Absolute.
    let path: String

    /// Opens a dataset file.
    init(_ path: String) throws(ErdeError) {
        dataset = try OwnFileKind.dataset.reading(path) { () throws(ErdeError) in try DatasetReader.open(path) }
        self.path = InputFile.absolute(path)
    }

    /// Opens the dataset given, or the one a model was trained on, and checks that the model's classes and images fit.
    ///
    /// - Throws: `ErdeError` of kind `usage` when the model does not know its dataset, `badData` when the file there has
    ///   changed since or does not fit the model.
    init(given: String?, of model: Model, named name: String) throws(ErdeError) {
        guard let path = given ?? model.metadata.provenance.datasetPath else {
            throw ErdeError(.usage, name, "does not say which dataset it was trained on", remedy: "give it with --data")
        }
        do throws(ErdeError) {
            try self.init(path)
        } catch {
            guard given == nil, error.kind == .notFound else { throw error }
            throw ErdeError(
                .notFound, path, "the dataset that \(name) was trained on is not there any more",
                remedy: "give a dataset with --data")
        }
        if given == nil, let known = model.metadata.provenance.datasetFingerprint, known != dataset.fingerprint {
            throw ErdeError(
                .badData, path, "has changed since \(name) was trained on it",
                remedy: "give it with --data if that is intended")
        }
        try requireFit(model, named: name)
    }

    /// Checks that a model's classes and images are those of the dataset.
    ///
    /// - Throws: `ErdeError` of kind `badData`.
    func requireFit(_ model: Model, named name: String) throws(ErdeError) {
        guard dataset.description.classNames == model.metadata.classNames else {
            throw ErdeError(
                .badData, path,
                "has the classes \(DatasetPlace.list(dataset.description.classNames)); \(name) knows "
                    + DatasetPlace.list(model.metadata.classNames), remedy: "use the dataset that the model was trained on")
        }
        let (found, expected) = (dataset.description.image, model.metadata.image)
        guard (found.channels, found.height, found.width) == (expected.channels, expected.height, expected.width) else {
            throw ErdeError(
                .badData, path,
                "has images of \(found.channels)x\(found.height)x\(found.width); \(name) takes "
                    + "\(expected.channels)x\(expected.height)x\(expected.width)",
                remedy: "ingest the images again at that size")
        }
        guard found.resizing == expected.resizing else {
            throw ErdeError(
                .badData, path,
                "has images resized by \(found.resizing.rawValue); \(name) takes them by \(expected.resizing.rawValue)",
                remedy: "ingest the images again with that")
        }
    }

    /// Checks, before any time is spent, that there are images to fit thresholds on and images to report them for.
    ///
    /// - Throws: `ErdeError` of kind `badData`.
    func requireImagesToCalibrate() throws(ErdeError) {
        for (split, samples) in [(DatasetSplit.calibration, dataset.calibration), (.test, dataset.test)]
        where samples.count == 0 {
            throw ErdeError(
                .badData, path, "has no images in its \(split.rawValue) split, for which thresholds are fitted",
                remedy: "ingest the images again with a larger share for it")
        }
    }

    private static func list(_ names: [String]) -> String {
        names.count <= 5 ? names.joined(separator: ", ") : names.prefix(4).joined(separator: ", ") + " … (\(names.count))"
    }
}
