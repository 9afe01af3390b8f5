import ArgumentParser
import Artifacts
import Diagnostics
import FileTrees
import Images
import Ingest
import ReportFile

/// `erde ingest SOURCE -o data.erds`
struct IngestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest", abstract: "Reads labelled images, checks and splits them, and packs them into a dataset file.",
        discussion: """
            SOURCE is a folder, a zip or tar archive, or a list, and is recognised by its content: a sub-folder of PNG or JPEG \
            images per class (train/, val/ and test/ may lie around them), the IDX files of MNIST and its descendants, CIFAR (binary \
            or pickled), SVHN, TinyImageNet, WebDataset shards, CSV or text with a path and a label on each line. \
            Archives are read as they are; nothing is unpacked to disk.

              erde ingest photos --check --html photos.html
              erde ingest photos -o photos.erds --size 64
              erde ingest cifar-10-binary.tar.gz -o cifar-10.erds
              erde ingest gzip.zip --subset emnist-letters -o letters.erds
            """)

    @Argument(help: "The folder, archive or list.")
    var source: String

    @Option(help: "What kind of source it is, where recognising it fails: \(SourceFormat.names).")
    var format = SourceFormat.automatic

    @Option(name: .shortAndLong, help: "The dataset file to write.")
    var output: String?

    @Flag(help: "Look at every image and say what is wrong; no dataset is written.")
    var check = false

    @Option(help: "With --check: a page with thumbnails of what was found.")
    var html: String?

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

    @Option(
        help: "Number of images to fit thresholds on: of IDX and CIFAR files the last to train on, of others some of each class.")
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

    func validate() throws {
        if output != nil && check { throw ValidationError("--check writes no dataset; leave out --output") }
        if html != nil && !check { throw ValidationError("--html belongs to --check") }
        if size != nil && (height != nil || width != nil) {
            throw ValidationError("--size is height and width; leave out --\(height != nil ? "height" : "width")")
        }
    }

    func run() throws {
        common.apply()
        if output == nil && !check {
            throw ErdeError(.usage, "--output", "is missing", remedy: "name the dataset file to write, or ask for --check")
        }
        let options = try ingestOptions()
        guard let output else { return try runCheck(options) }
        try OutputPlace.check(file: output, inputs: [source])
        let report = try reading { progress throws(ErdeError) in
            try ingest(source: source, to: output, options: options, progress: progress)
        }
        for warning in report.warnings { Console.standard.warn(warning) }
        for note in report.notes { Console.standard.note(note) }
        Console.standard.result(common.json ? try JSONText.text(report) : summary(report))
    }

    /// Reads the source with progress shown, until somebody wants to stop.
    private func reading<Result>(
        _ body: ((_ done: Int, _ total: Int) throws(ErdeError) -> Void) throws(ErdeError) -> Result
    ) throws -> Result {
        var progress = ReadingProgress()
        defer { progress.clear() }
        var isWatching = false
        return try Interruption.keepingNothing { () throws(ErdeError) in
            try body { done, total throws(ErdeError) in
                // While the source is only listed, nobody asks for requests, and nothing is there that an end would leave behind.
                if !isWatching { Interruption.watch() }
                isWatching = true
                progress.update(done, of: total)
                if Interruption.isRequested {
                    throw ErdeError(.interrupted, source, "is not read to its end, and nothing is written")
                }
            }
        }
    }

    /// - Throws: after the result is out, when `ingest` with the same options would refuse the source.
    private func runCheck(_ options: IngestOptions) throws {
        if let html { try OutputPlace.check(file: html, inputs: [source]) }
        var (check, refusal) = try reading { progress throws(ErdeError) in
            try Ingest.check(source: source, options: options, withThumbnails: html != nil, progress: progress)
        }
        if let html {
            let file = try AtomicFile(path: html)
            try AtomicFile.withBytes(Array(htmlPage(of: check).utf8)) { bytes throws(ErdeError) in try file.write(bytes) }
            try file.commit()
        }
        check.findings.updateImages { $0.pngBase64 = nil }
        for warning in check.warnings { Console.standard.warn(warning) }
        for note in check.notes { Console.standard.note(note) }
        Console.standard.result(common.json ? try JSONText.text(check) : summary(check))
        if let refusal { throw refusal }
    }

    private func ingestOptions() throws(ErdeError) -> IngestOptions {
        var options = IngestOptions()
        options.format = format
        options.labelSet = labels
        options.orientation = orientation
        options.subset = subset
        if let classNames {
            options.classNames = try TextLines(FolderTree.read(classNames, atMost: 16 << 20)).names(in: classNames)
        }
        options.height = height ?? size
        options.width = width ?? size
        options.channels = channels
        options.resizing = resizing
        options.onBadImage = onBadImage
        options.calibrationShare = calibrationShare
        options.calibrationCount = calibrationCount
        options.testShare = testShare
        options.seed = seed
        return options
    }

    /// The command that shows what was found: with `--check`, and with all options that say how images are read and split.
    private var checkCommand: String {
        var words = ["erde", "ingest", source]
        func keep(_ option: String, _ value: String?) {
            if let value { words += ["--\(option)", value] }
        }
        func keep<Value: RawRepresentable & Equatable>(
            _ option: String, _ value: Value, unless standard: Value
        ) where Value.RawValue == String {
            keep(option, value == standard ? nil : value.rawValue)
        }
        keep("format", format, unless: .automatic)
        keep("size", size?.description)
        keep("height", height?.description)
        keep("width", width?.description)
        keep("channels", channels, unless: .automatic)
        keep("resizing", resizing, unless: .stretch)
        keep("on-bad-image", onBadImage, unless: .fail)
        keep("calibration-share", calibrationShare?.description)
        keep("calibration-count", calibrationCount?.description)
        keep("test-share", testShare?.description)
        keep("labels", labels, unless: .fine)
        keep("orientation", orientation, unless: .automatic)
        keep("subset", subset)
        keep("class-names", classNames)
        keep("seed", seed == 0 ? nil : seed.description)
        return (words + ["--check", "--html", "page.html"]).map(shellWord).joined(separator: " ")
    }

    private func table(_ classes: [DatasetCheck.ClassCounts]) -> String {
        var table = TextTable(["class", "train", "calibration", "test"])
        for entry in classes {
            table.add([entry.name] + DatasetSplit.allCases.map { groupedText(entry.counts[$0] ?? 0) })
        }
        table.add(
            ["all"] + DatasetSplit.allCases.map { split in groupedText(classes.reduce(0) { $0 + ($1.counts[split] ?? 0) }) })
        return table.text
    }

    private func summary(_ check: DatasetCheck) -> String {
        var lines = [table(check.classes)]
        lines += FindingsSummary.details(check.findings)
        lines.append("")
        let (images, kinds) = (check.imageCount, check.findings.findings.count)
        lines.append(
            "\(groupedText(images)) \(noun("image", for: images)), "
                + (kinds == 0
                    ? "nothing found"
                    : "\(kinds) \(noun("kind", for: kinds)) of findings" + (html.map { "; \($0) shows them" } ?? "")))
        return lines.joined(separator: "\n")
    }

    private func summary(_ report: IngestReport) -> String {
        let image = report.description.image
        var lines = [table(report.classes), ""]
        if !report.badImages.isEmpty {
            let count = report.badImages.count
            lines.append("\(groupedText(count)) bad \(noun("image", for: count)) left out:")
            lines += report.badImages.prefix(20).map { "  \($0.path): \($0.reason)" }
            if report.badImages.count > 20 { lines.append("  … and \(groupedText(report.badImages.count - 20)) more") }
        }
        // Bad images are named above.
        let others = FindingsSummary.lines(DatasetFindings(report.findings.findings.filter { !$0.kind.isUnusable }))
        if !others.isEmpty {
            lines.append("found (`\(checkCommand)` shows it):")
            lines += others
        }
        lines.append(
            "\(report.dataset): \(image.width)x\(image.height), \(image.channels == 1 ? "grey" : "RGB"), "
                + "\(bytesText(report.datasetBytes)), \(decimalText(report.seconds, decimals: 1)) s")
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
