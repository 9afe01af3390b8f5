import ArgumentParser
import Artifacts
import Diagnostics
import FileTrees
import Images
import Ingest

/// `erde ingest SOURCE -o data.erds`
struct IngestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest", abstract: "Reads labelled images, checks and splits them, and packs them into a dataset file.",
        discussion: """
            SOURCE is a folder, a zip or tar archive, or a list, and is recognised by its content: a sub-folder of PNG or JPEG \
            images per class (train/, val/ and test/ may lie around them), the IDX files of MNIST and its descendants, CIFAR \
            (binary), TinyImageNet, WebDataset shards, CSV or text with a path and a label on each line. \
            Archives are read as they are; nothing is unpacked to disk.

              erde ingest photos -o photos.erds --size 64
              erde ingest cifar-10-binary.tar.gz -o cifar-10.erds
              erde ingest gzip.zip --subset emnist-letters -o letters.erds
            """)

    @Argument(help: "The folder, archive or list.")
    var source: String

    @Option(help: "What kind of source it is, where recognising it fails: \(SourceFormat.names).")
    var format = SourceFormat.automatic

    @Option(name: .shortAndLong, help: "The dataset file to write.")
    var output: String

    @Option(help: "Height and width that all images are brought to; by default what most of them have.")
    var size: Int?

    @Option(help: "Height, when it is not the width.")
    var height: Int?

    @Option(help: "Width, when it is not the height.")
    var width: Int?

    @Option(help: "automatic, grey or rgb.")
    var channels = IngestOptions.Channels.automatic

    @Option(help: "stretch scales both sides on their own, centerCrop cuts out the middle.")
    var resizing = ImageFormat.Resizing.stretch

    @Option(help: "What a bad image does: fail stops and names all of them, skip leaves them out.")
    var onBadImage = IngestOptions.BadImagePolicy.fail

    @Option(help: "Share of the images to fit thresholds on, where the source has no split for it.")
    var calibrationShare: Double?

    @Option(help: "Number of images to fit thresholds on: of IDX and CIFAR files the last to train on.")
    var calibrationCount: Int?

    @Option(help: "Share of the images to test on, where the source has no split for it.")
    var testShare: Double?

    @Option(help: "Which labels of CIFAR-100 count: fine or coarse.")
    var labels = IngestOptions.LabelSet.fine

    @Option(help: "How IDX files hold an image: automatic (transposed if called EMNIST), upright or transposed.")
    var orientation = IngestOptions.Orientation.automatic

    @Option(help: "Part of the file names of the dataset that is meant, where several lie together (EMNIST).")
    var subset: String?

    @Option(help: "A text file with the name of label 0, 1 … on each line, for labels that are numbers.")
    var classNames: String?

    @Option(help: "Seed of the splits.")
    var seed: UInt64 = 0

    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        try OutputPlace.check(file: output)
        var options = IngestOptions()
        options.format = format
        options.labelSet = labels
        options.orientation = orientation
        options.subset = subset
        if let classNames { options.classNames = try readNames(classNames) }
        options.height = height ?? size
        options.width = width ?? size
        options.channels = channels
        options.resizing = resizing
        options.onBadImage = onBadImage
        options.calibrationShare = calibrationShare
        options.calibrationCount = calibrationCount
        if let testShare { options.testShare = testShare }
        options.seed = seed
        var line = ProgressLine()
        let start = ContinuousClock.now
        let report = try ingest(source: source, to: output, options: options) { done, total in
            let rate = Double(done) / max(1e-3, (ContinuousClock.now - start).seconds)
            line.update(
                "reading \(ProgressLine.bar(done, of: total)) \(groupedText(done)) of \(groupedText(total)) images  "
                    + "\(groupedText(Int(rate))) images/s")
        }
        line.clear()
        for warning in report.warnings { Console.standard.warn(warning) }
        for note in report.notes { Console.standard.note(note) }
        Console.standard.result(common.json ? try JSONText.text(report) : summary(report))
    }

    private func readNames(_ path: String) throws(ErdeError) -> [String] {
        String(decoding: try FolderTree.read(path, atMost: 16 << 20), as: UTF8.self)
            .split(whereSeparator: \.isNewline).map(String.init)
    }

    private func summary(_ report: IngestReport) -> String {
        var table = TextTable(["class", "train", "calibration", "test"])
        for entry in report.classes {
            table.add([entry.name] + DatasetSplit.allCases.map { groupedText(entry.counts[$0] ?? 0) })
        }
        table.add(["all"] + DatasetSplit.allCases.map { groupedText(report.description.counts[$0] ?? 0) })
        let image = report.description.image
        var lines = [table.text, ""]
        if !report.badImages.isEmpty {
            lines.append("\(groupedText(report.badImages.count)) bad images were left out:")
            lines += report.badImages.prefix(20).map { "  \($0.path): \($0.reason)" }
            if report.badImages.count > 20 { lines.append("  … and \(groupedText(report.badImages.count - 20)) more") }
        }
        lines.append(
            "\(report.output): \(image.width)x\(image.height), \(image.channels == 1 ? "grey" : "RGB"), "
                + "\(bytesText(report.outputBytes)), \(decimalText(report.seconds, decimals: 1)) s")
        return lines.joined(separator: "\n")
    }
}

extension SourceFormat: ExpressibleByArgument {
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
extension IngestOptions.LabelSet: ExpressibleByArgument {}
extension IngestOptions.Orientation: ExpressibleByArgument {}
extension IngestOptions.Channels: ExpressibleByArgument {}
extension IngestOptions.BadImagePolicy: ExpressibleByArgument {}
extension ImageFormat.Resizing: ExpressibleByArgument {}
