import ArgumentParser
import Artifacts
import Classify
import Diagnostics
import ONNXFormat

/// `erde classify MODEL PATHS…`
struct ClassifyCommand: LongComputation {
    static let configuration = CommandConfiguration(
        commandName: "classify", abstract: "Classifies images and whole folders, with the exits really taken.",
        discussion: """
            One line per image: file, class, probability, the exit taken and the MACs spent. Without a budget or threshold the \
            largest budget that the model knows is used.

              erde classify student.pb photos --budget 10M > classes.csv
              erde classify student.pb photos --format jsonl --output classes.jsonl
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv
        case jsonl
    }

    enum BadImagePolicy: String, ExpressibleByArgument, CaseIterable {
        case fail
        case skip
    }

    @Argument(help: "The model file.")
    var model: String

    @Argument(help: "Images, and folders that are searched recursively.")
    var paths: [String]

    @Option(name: .shortAndLong, help: "The file to write; stdout by default.")
    var output: String?

    @Option(help: "csv or jsonl.")
    var format = Format.csv

    @Option(help: ArgumentHelp("Mean MACs an image may cost: \(MACQuantity.help).", valueName: "macs"))
    var budget: MACQuantity?

    @Option(help: "One threshold for all exits; 0 sends every image through the whole network.")
    var theta: Double?

    @Option(help: "fail ends with status 65 after the last image if any was bad, skip with 0.")
    var onBadImage = BadImagePolicy.fail

    @Option(help: "The most images that run at once.")
    var batch = 128

    @OptionGroup var engine: EngineOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if budget != nil && theta != nil { throw ValidationError("--budget and --theta exclude each other") }
        if let theta, theta < 0 || theta.isNaN { throw ValidationError("--theta takes a number of at least 0") }
        if !(1...65_536 ~= batch) { throw ValidationError("--batch takes a number from 1 to 65536") }
    }

    /// One image is not.
    var isLong: Bool {
        let isImage = [".png", ".jpg", ".jpeg"].contains { paths[0].lowercased().hasSuffix($0) }
        return paths.count > 1 || !isImage
    }

    func run() throws {
        common.apply()
        let loaded = try ModelFile.read(path: model)
        let policy = try policy(of: loaded)
        let sink = try ClassificationSink(
            path: output, format: common.json ? .jsonl : format, classNames: loaded.metadata.classNames)
        var line = ProgressLine()
        var bad: [String] = []
        let start = ContinuousClock.now
        let summary = try classify(
            paths, with: loaded, policy: policy, engine: engine.engine, options: engine.compilation, batchSize: batch
        ) { (image, done, total) throws(ErdeError) in
            switch image.result {
            case .success(let answer): try sink.write(image.path, answer)
            case .failure(let error): bad.append(error.description)
            }
            let rate = Double(done) / max(1e-3, (ContinuousClock.now - start).seconds)
            line.update(
                "classifying \(ProgressLine.bar(done, of: total)) \(groupedText(done)) of \(groupedText(total))  "
                    + "\(groupedText(Int(rate))) images/s  \(ProgressLine.duration(Double(total - done) / rate)) left")
        }
        try sink.finish()
        line.clear()
        for reason in bad { Console.standard.warn(reason) }
        let seconds = (ContinuousClock.now - start).seconds
        Console.standard.note(
            "\(groupedText(summary.answered)) images in \(decimalText(seconds, decimals: 1)) s "
                + "(\(groupedText(Int(Double(summary.answered) / max(1e-3, seconds)))) images/s), "
                + "\(macsText(summary.meanMACs)) per image, leaving at exit "
                + summary.exitShares.enumerated().map { "\($0 + 1): \(percentText($1))" }.joined(separator: ", "))
        if summary.bad > 0 && onBadImage == .fail {
            throw ErdeError(
                .badData, "\(groupedText(summary.bad)) of \(groupedText(summary.bad + summary.answered)) files",
                "could not be decoded", remedy: "all others are answered; --on-bad-image skip accepts that")
        }
    }

    private func policy(of model: Model) throws(ErdeError) -> ExitPolicy {
        let gates = model.exitCount - 1
        if let theta { return ExitPolicy(thresholds: [Double](repeating: theta, count: gates)) }
        if let budget { return try model.operatingPoint(for: budget, named: self.model).policy }
        return model.metadata.operatingPoints.last?.policy ?? .fullDepth(exits: model.exitCount)
    }
}
