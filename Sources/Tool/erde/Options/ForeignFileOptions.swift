import ArgumentParser
import Artifacts
import Diagnostics
import ONNXFormat

/// What an ONNX file from elsewhere does not say of itself.
struct ForeignFileOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Class names in the order of the logits: a file with one on each line, or names separated by commas.",
            valueName: "file|names"))
    var classes: String?

    @Option(
        help: ArgumentHelp(
            "Size of the images, for a file that leaves it open: 224, or 224x320 with the height first.", valueName: "size"))
    var inputSize: ImageSize?

    @Option(
        help: ArgumentHelp(
            "Subtracted from pixels of 0 to 1: one number, or one for each channel. ImageNet's: 0.485,0.456,0.406.",
            valueName: "numbers"))
    var mean: ChannelNumbers?

    @Option(
        help: ArgumentHelp("Then divided by. ImageNet's: 0.229,0.224,0.225.", valueName: "numbers"))
    var std: ChannelNumbers?

    @Flag(help: "The file takes pixels of 0 to 1 as they are.")
    var noNormalisation = false

    @Option(help: "How images of another size are brought to the network's: stretch or centerCrop.")
    var resizing: ImageFormat.Resizing?

    @Option(help: "The output that holds the logits; the first that can by default.")
    var outputName: String?

    func validate() throws {
        if (mean == nil) != (std == nil) { throw ValidationError("--mean and --std go together") }
        if noNormalisation && mean != nil { throw ValidationError("--no-normalisation excludes --mean and --std") }
    }

    /// - Parameters:
    ///   - dataset: whose classes and resizing hold where the options are silent.
    ///   - file: as far as it speaks for itself.
    /// - Throws: `ErdeError` of kind `usage` when the normalisation is not said, or said of a file that has it, `notFound` for a
    ///   list that is missing.
    func options(for file: ForeignModel, dataset: DatasetDescription?) throws(ErdeError) -> ImportOptions {
        var options = ImportOptions()
        options.classNames = try classNames() ?? dataset?.classNames
        options.hasDatasetNames = classes == nil && dataset != nil
        options.size = inputSize.map { ($0.height, $0.width) }
        options.resizing = resizing ?? dataset?.image.resizing ?? .stretch
        options.output = outputName
        if file.isErdes && mean != nil {
            throw ErdeError(
                .usage, file.path, "was written by erde and normalises pixels itself", remedy: "leave out --mean and --std")
        }
        if let mean, let std {
            options.normalization = ImportOptions.Normalization(mean: mean.numbers, standardDeviation: std.numbers)
        } else if !noNormalisation && !file.isErdes {
            throw ErdeError(
                .usage, file.path, "does not say how pixels are normalised",
                remedy: "give --mean and --std of its training, or --no-normalisation when it takes pixels of 0 to 1")
        }
        return options
    }

    private func classNames() throws(ErdeError) -> [String]? {
        guard let classes else { return nil }
        guard InputFile.size(classes) != nil else {
            return classes.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let text = String(decoding: try InputFile.bytes(classes), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).map { $0.trimmingSpaces }.filter { !$0.isEmpty }
    }
}

extension Substring {
    /// Without spaces and tabs at both ends.
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
