import ArgumentParser
import Artifacts
import Classify
import Diagnostics
import Execution
import FileTrees
import Glibc
import Images
import ONNXFormat

/// `erde classify MODEL PATHS…`
struct ClassifyCommand: LongComputation {
    static let configuration = CommandConfiguration(
        commandName: "classify", abstract: "Classifies images, folders, archives and lists, with the exits really taken.",
        discussion: """
            One line per image: file, class, probability, the exit taken and the MACs spent. Without a budget or threshold the \
            largest budget that the model knows is used. A file that is no sound image is named on stderr and stops nothing.

              erde classify student.pb photos --budget 10M > classes.csv
              erde classify student.pb photos.zip --format jsonl --output classes.jsonl
              erde classify student.pb photos --output classes.csv --resume
              find photos -newer classes.csv -print0 | erde classify student.pb - --null
            """)

    enum BadImagePolicy: String, ExpressibleByArgument, CaseIterable {
        case fail
        case skip
    }

    @Argument(help: "The model file.")
    var model: String

    @Argument(
        help: "Images, folders that are searched recursively, zip and tar archives; - for a list of any of these on stdin.")
    var paths: [String] = []

    @Option(help: ArgumentHelp("A file with a list of images, folders and archives; - is stdin.", valueName: "file"))
    var filesFrom: String?

    @Flag(name: [.customShort("0"), .long], help: "Names in lists end with a zero byte, not with the line.")
    var null = false

    @Option(
        help: ArgumentHelp(
            "A folder to watch: classifies what is there and what arrives, each file once, until Ctrl-C.", valueName: "folder"))
    var watch: String?

    @Option(help: ArgumentHelp("How long to watch.", valueName: "seconds"))
    var watchFor: Double?

    @OptionGroup(title: "Answers") var answers: AnswerOptions

    @Option(help: ArgumentHelp("Mean MACs an image may cost: \(MACQuantity.help).", valueName: "macs"))
    var budget: MACQuantity?

    @Option(help: "One threshold for all exits, on the model's own score; 0 sends every image through the whole network.")
    var theta: Double?

    @Option(help: "fail ends with status 65 after the last image if any was bad, skip with 0.")
    var onBadImage = BadImagePolicy.fail

    @Option(help: "The most images that run at once; by default 32 for each thread, and at least 128.")
    var batch: Int?

    @OptionGroup var engine: EngineOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if null && filesFrom == nil && !paths.contains("-") {
            throw ValidationError("--null is about lists: name one with --files-from, or - for stdin")
        }
        if common.json && answers.format == .csv {
            throw ValidationError("--json writes jsonl, and --format csv does not; leave one of the two out")
        }
        if budget != nil && theta != nil { throw ValidationError("--budget and --theta exclude each other") }
        if let theta, theta < 0 || theta.isNaN { throw ValidationError("--theta takes a number of at least 0") }
        if let batch, !(1...65_536 ~= batch) { throw ValidationError("--batch takes a number from 1 to 65536") }
        if paths.isEmpty && filesFrom == nil && watch == nil {
            throw ValidationError("name images, folders, archives, a list of them, or a folder to --watch")
        }
        if watch != nil && (!paths.isEmpty || filesFrom != nil) { throw ValidationError("--watch takes its folder alone") }
        if let watchFor, watch == nil || !(0...1e9 ~= watchFor) {
            throw ValidationError("--watch-for takes a number of seconds, beside --watch")
        }
        if paths.count(where: { $0 == "-" }) + (filesFrom == "-" ? 1 : 0) > 1 { throw ValidationError("stdin is named twice") }
    }

    /// One image is not.
    var isLong: Bool { paths.count != 1 || filesFrom != nil || !ImageFileFinder.hasImageName(paths[0]) }

    func run() throws {
        common.apply()
        let inputs = try ClassificationInputs(paths: paths, filesFrom: filesFrom, separator: null ? .zero : .newline)
        if answers.links != nil { try inputs.requireFiles() }
        let loaded = try ModelFile.read(named: model)
        if let output = answers.output { try OutputPlace.check(file: output, inputs: [model, filesFrom] + paths) }
        let policy = try loaded.policy(theta: theta, budget: budget, named: model) ?? .fullDepth(exits: loaded.exitCount)
        if let links = answers.links {
            try OutputPlace.check(folder: links, outside: RawArguments.paths(paths + (watch.map { [$0] } ?? [])))
            try OutputPlace.prepare(folder: links)
        }
        var sink = try AnswerSink(
            answers, format: common.json ? .jsonl : answers.format ?? .csv, metadata: loaded.metadata,
            origin: { lines throws(ErdeError) in
                try AnswerOrigin(
                    model: model, metadata: loaded.metadata, precision: engine.engine.precision(for: engine.compilation),
                    policy: policy, lines: lines)
            })
        Interruption.watch()
        var report = ClassificationReport(metadata: loaded.metadata)
        let summary = try classify(
            try source(inputs, answered: sink.earlier), with: loaded, policy: policy, engine: engine.engine,
            options: engine.compilation, settings: settings,
            visit: { image throws(ErdeError) in
                switch image.result {
                case .success(let answer): try sink.write(image, answer)
                case .failure(let error): report.warn(error)
                }
                report.count()
            }, pause: { () throws(ErdeError) in try sink.flush() })
        try finish(&sink, &report, summary, inputs)
    }

    private var settings: ClassificationSettings {
        let threads = engine.engine.threads(for: engine.compilation)
        // One decoder more than there are threads, for those that wait for the disk.
        return ClassificationSettings(batchSize: batch ?? max(128, 32 * threads), decoders: threads + 1)
    }

    private func source(
        _ inputs: ClassificationInputs, answered: AnsweredNames
    ) throws(ErdeError) -> sending any ImageSource {
        guard let watch else {
            return NamedImages(inputs.inputs, answered: answered) { Interruption.isRequested }
        }
        let end = watchFor.map { ContinuousClock.now + .seconds($0) }
        return try WatchedImages(RawArguments.path(watch), answered: answered) {
            Interruption.isRequested || end.map { ContinuousClock.now >= $0 } ?? false
        }
    }

    /// Says what it came to, and completes what is written unless there is more to do.
    private func finish(
        _ sink: inout AnswerSink, _ report: inout ClassificationReport, _ summary: ClassificationSummary,
        _ inputs: ClassificationInputs
    ) throws {
        if Interruption.isRequested && watch == nil {
            let kept = try sink.keep()
            report.close(summary)
            guard let kept else { throw ExitCode(130) }
            throw ErdeError(
                .interrupted, kept, "holds what is answered so far", remedy: "the same command with --resume goes on")
        }
        if summary.brokenOff > 0 {
            let kept = try sink.keep()
            report.close(summary)
            throw ErdeError(
                .badData, "\(groupedText(summary.brokenOff)) \(noun("input", for: summary.brokenOff))",
                "could not be read to the end, and images behind that got no answer",
                remedy: "mend what the warnings name"
                    + (kept.map { " and go on with --resume; \($0) holds what is answered so far" } ?? ""))
        }
        if watch == nil && summary.answered + summary.bad + sink.earlierCount == 0 {
            throw ErdeError(.notFound, inputs.title, "holds no PNG or JPEG image", remedy: "name a folder with images")
        }
        try sink.finish()
        report.close(summary)
        if sink.earlierCount > 0 {
            let count = sink.earlierCount
            Console.standard.note(
                "\(groupedText(count)) \(noun("image", for: count)) \(count == 1 ? "was" : "were") answered by earlier runs")
        }
        if Interruption.isRequested { throw ExitCode(130) }
        if summary.bad > 0 && onBadImage == .fail {
            let count = summary.bad + summary.answered
            throw ErdeError(
                .badData, "\(groupedText(summary.bad)) of \(groupedText(count)) \(noun("file", for: count))", "got no answer",
                remedy: summary.answered == 0
                    ? "the warnings above say why" : "all others are answered; --on-bad-image skip accepts that")
        }
    }
}
