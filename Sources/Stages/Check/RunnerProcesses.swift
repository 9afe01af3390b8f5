import Artifacts
import Diagnostics
import FoundationEssentials
import Inference

/// Runs files in runtimes, each time in a process of its own: whatever a runtime does, it is one row of the report.
struct RunnerProcesses {
    /// What running a file in a runtime came to.
    enum Attempt {
        case answers(RuntimeAnswers)
        /// The runtime is not installed; what is missing may be something that it needs.
        case notFound(String)
        case failed(String)
        case interrupted
    }

    private let folder: CheckFolder
    private let settings: CheckSettings
    private let image: ImageFormat
    private let imageCount: Int
    private let classes: Int
    private let shouldStop: @Sendable () -> Bool
    private var runs = 0

    /// Makes the folder for the exchange and writes images and runners into it.
    ///
    /// - Throws: `ErdeError` of kind `cannotWrite`.
    init(
        _ own: OwnAnswers, image: ImageFormat, settings: CheckSettings, shouldStop: @escaping @Sendable () -> Bool
    ) throws(ErdeError) {
        folder = try CheckFolder(in: settings.temporaryFolder)
        self.settings = settings
        self.image = image
        imageCount = own.logits.count
        classes = own.logits.classes
        self.shouldStop = shouldStop
        try folder.write(own.images, to: "images.f32")
        // What erde itself says, for runners that want to look at it.
        try folder.write(own.logits.logits.flatMap { $0 }, to: "logits.f32")
        for (name, bytes) in RunnerFiles.all { try folder.write(bytes, to: name) }
    }

    /// - Parameter policy: when images leave, for files that do not know it.
    /// - Throws: `ErdeError` of kind `unavailable` when Python cannot be started, `cannotWrite`.
    mutating func run(
        _ artifact: ExportedArtifact, in runtime: Runtime, _ setting: Runtime.Setting, policy: ExitPolicy
    ) throws(ErdeError) -> Attempt {
        runs += 1
        let place = try folder.folder("run\(runs)")
        guard let runner = runtime.runner else { return try compiled(artifact, place: place) }
        let (shape, takesThresholds): (String, Bool) =
            switch artifact.shape {
            case .exits: ("exits", false)
            case .dynamic(let takesThresholds): ("dynamic", takesThresholds)
            case .stages: ("stages", false)
            case .program: ("program", false)
            }
        let job = RunnerJob(
            runner: runner.module, modules: runner.needs + ["numpy"], shape: shape, files: artifact.files.map(absolute),
            contract: artifact.contract.map(absolute), thresholds: policy.thresholds.map { "\($0)" },
            takesThresholds: takesThresholds, options: setting.options, threads: settings.threads,
            images: "\(folder.path)/images.f32", channels: image.channels, height: image.height, width: image.width,
            timedImages: CheckSettings.timedImages, batches: CheckSettings.batches,
            secondsPerMeasurement: settings.secondsPerMeasurement, timeoutSeconds: settings.timeoutSeconds)
        guard let json = try? JSONEncoder().encode(job) else { preconditionFailure("a job that JSON does not hold") }
        try AtomicFile.write([UInt8](json), to: "\(place)/job.json")
        let outcome = try start(settings.python, ["\(folder.path)/main.py", "\(place)/job.json"])
        if outcome.ending == .notFound {
            throw ErdeError(
                .unavailable, settings.python, "is not there or cannot be run, and runtimes live in Python",
                remedy: "install Python 3.9 or newer, or name one with --python or ERDE_PYTHON")
        }
        return attempt(outcome, json: try? Data(contentsOf: URL(fileURLWithPath: "\(place)/result.json")), place: place)
    }

    /// Compiles a program in C together with the harness, and runs it.
    private func compiled(_ artifact: ExportedArtifact, place: String) throws(ErdeError) -> Attempt {
        let source = absolute(artifact.files[0])
        let parts = source.split(separator: "/", omittingEmptySubsequences: false)
        let name = String(parts[parts.count - 1].dropLast(2))
        let program = "\(place)/program"
        let compilation = try start(
            settings.compiler,
            [
                "-std=c99", "-O2", "-DHEADER=\"\(name).h\"", "-DPREFIX=\(name)", "-DMACRO=\(name.uppercased())",
                "-I\(parts.dropLast().joined(separator: "/"))/", "-o", program, "\(folder.path)/harness.c", source, "-lm",
            ])
        switch compilation.ending {
        case .exited(0): break
        case .notFound: return .notFound(settings.compiler)
        case .exited: return .failed("does not compile: \(Self.line(compilation.messages, containing: "error"))")
        default: return attempt(compilation, json: nil, place: place)
        }
        let outcome = try start(
            program,
            [
                "\(folder.path)/images.f32", "\(imageCount)", "\(place)/answers.f32", "\(place)/exits.i32",
                "\(CheckSettings.timedImages)", "\(settings.secondsPerMeasurement)",
            ])
        return attempt(outcome, json: outcome.ending == .exited(0) ? Data(outcome.output.utf8) : nil, place: place)
    }

    private func start(_ program: String, _ arguments: [String]) throws(ErdeError) -> ChildProcess.Outcome {
        try ChildProcess.run(
            program, arguments, timeout: .seconds(settings.timeoutSeconds), shouldStop: shouldStop)
    }

    /// - Parameter json: the result, when there is one.
    private func attempt(_ outcome: ChildProcess.Outcome, json: Data?, place: String) -> Attempt {
        switch outcome.ending {
        case .interrupted: return .interrupted
        case .timedOut: return .failed("no answer within \(settings.timeoutSeconds) s")
        case .signaled(let signal): return .failed("crashed: signal \(signal)")
        case .flooded: return .failed("prints more than \(ChildProcess.printedBytes >> 20) MiB")
        case .notFound: return .failed("cannot be started")
        case .exited(let status):
            guard let json else {
                let words = Self.line(outcome.messages, containing: "")
                return .failed(
                    status == 0 ? "ended without a result" : "ended with status \(status)\(words.isEmpty ? "" : ": \(words)")")
            }
            guard let result = try? JSONDecoder().decode(RunnerResult.self, from: json) else {
                return .failed("gave a result that is not the JSON expected")
            }
            if let missing = result.missing { return .notFound(missing) }
            if let problem = result.problem { return .failed(problem) }
            do throws(ErdeError) {
                return .answers(try RuntimeAnswers(result, in: place, images: imageCount, classes: classes))
            } catch {
                return .failed("gave a result that cannot be used: \(error)")
            }
        }
    }

    /// The last line of messages with a word in it, cut to a length that fits a remark.
    private static func line(_ messages: String, containing word: String) -> String {
        let lines = messages.split(whereSeparator: \.isNewline)
        return String((lines.last { word.isEmpty || $0.contains(word) } ?? lines.last ?? "").prefix(400))
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    }
}
