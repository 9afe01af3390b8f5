import ArgumentParser
import Artifacts
import CPUEngine
import Check
import Diagnostics
import Glibc

/// How exported files are run in the runtimes of this machine.
struct CheckOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Real images to run: a dataset file, of which the test split is taken, or a folder; by default the dataset that "
                + "the model was trained on.", valueName: "dataset|folder"))
    var images: String?

    @Option(help: "Run at most so many images, evenly spread; 256 by default.")
    var limit: Int?

    @Option(
        help: ArgumentHelp(
            "The Python that has the runtimes; by default ERDE_PYTHON of the environment, else python3.", valueName: "path"))
    var python: String?

    @Option(help: "Seconds that a runtime may take for one file; 300 by default.")
    var timeout: Int?

    @Option(help: "Threads of erde and of each runtime; the machine's processors by default.")
    var threads: Int?

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit takes a positive number") }
        if let timeout, !(1...86_400 ~= timeout) { throw ValidationError("--timeout takes a number of seconds from 1 to 86400") }
        if let threads, !(1...1024 ~= threads) { throw ValidationError("--threads takes a number from 1 to 1024") }
        if let python, python.isEmpty { throw ValidationError("--python takes a path") }
    }

    /// Whether anything was asked for.
    var isGiven: Bool { images != nil || limit != nil || python != nil || timeout != nil || threads != nil }

    var settings: CheckSettings {
        CheckSettings(
            python: python ?? environment("ERDE_PYTHON") ?? "python3", compiler: environment("CC") ?? "cc",
            timeoutSeconds: timeout ?? 300, threads: threads ?? CPUEngine.processors,
            temporaryFolder: environment("TMPDIR") ?? "/tmp")
    }

    /// A variable of the environment that is set to something.
    private func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// The images to run, and where they are from.
    ///
    /// - Parameter name: of the model's file, for errors.
    /// - Throws: `ErdeError` of kind `usage` when it is not known where there are images, `notFound` and `badData` when there are
    ///   none that fit the model.
    func samples(for model: Model, named name: String) throws(ErdeError) -> (samples: Samples, source: String) {
        let format = model.metadata.image
        guard let path = images ?? model.metadata.provenance.datasetPath else {
            throw ErdeError(
                .usage, name, "a check needs real images, and the model does not say which it was trained on",
                remedy: "give a dataset or a folder of images with --images")
        }
        guard InputFile.size(path) != nil else {
            throw ErdeError(
                .notFound, path,
                images == nil
                    ? "a check needs real images, and those the model was trained on are not there any more"
                    : "does not exist",
                remedy: "give a dataset or a folder of images with --images")
        }
        if InputFile.isFolder(path) {
            let samples = try FolderImages.samples(in: RawArguments.path(path), as: format, limit: count) { error in
                Console.standard.warn(error.description)
            }
            return (samples, path)
        }
        let dataset = try DatasetPlace(path).dataset
        let found = dataset.description.image
        guard found.channels == format.channels, found.height == format.height, found.width == format.width else {
            throw ErdeError(
                .badData, path,
                "has images of \(found.channels)x\(found.height)x\(found.width); \(name) takes "
                    + "\(format.channels)x\(format.height)x\(format.width)",
                remedy: "ingest the images again at that size, or name a folder of images")
        }
        let split = [DatasetSplit.test, .calibration, .train].first { dataset.samples($0).count > 0 } ?? .test
        let samples = dataset.samples(split)
        guard samples.count > 0 else {
            throw ErdeError(.badData, path, "holds no images", remedy: "give others with --images")
        }
        return (samples.spread(over: count), "the \(split.rawValue) split of \(path)")
    }

    private var count: Int { limit ?? 256 }
}
