import ArgumentParser
import Artifacts
import Diagnostics
import Images
import Ingest

/// `erde ingest SOURCE -o data.erds`
struct IngestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest", abstract: "Reads labelled images, checks and splits them, and packs them into a dataset file.",
        discussion: """
            SOURCE is a folder with a sub-folder of PNG or JPEG images per class (train/, val/ and test/ may lie around them), \
            or a folder with the IDX files of MNIST and its descendants, plain or gzip.

              erde ingest photos -o photos.erds --size 64
              erde ingest fashion-mnist -o fashion-mnist.erds
            """)

    @Argument(help: "The folder with the images.")
    var source: String

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

    @Option(help: "Number of images to fit thresholds on: for IDX the last of the training file.")
    var calibrationCount: Int?

    @Option(help: "Share of the images to test on, where the source has no split for it.")
    var testShare: Double?

    @Option(help: "Seed of the splits.")
    var seed: UInt64 = 0

    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        try OutputPlace.check(file: output)
        var options = IngestOptions()
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

extension IngestOptions.Channels: ExpressibleByArgument {}
extension IngestOptions.BadImagePolicy: ExpressibleByArgument {}
extension ImageFormat.Resizing: ExpressibleByArgument {}
