import Artifacts
import Diagnostics
import Inference

/// Collects what runtimes make of one artifact.
struct ArtifactParity {
    private let artifact: ExportedArtifact
    private let model: Model
    private let own: OwnAnswers
    private let tolerance: ParityTolerance
    /// Whether the model computes in bytes, which round where float32 does not.
    private let isQuantized: Bool
    private var rows: [RuntimeParity] = []
    /// When images leave, by the files; of programs known when one has run.
    private var policy: ExitPolicy?
    /// The only exit, counted from 0.
    private var onlyExit: Int?

    init(_ artifact: ExportedArtifact, model: Model, own: OwnAnswers) {
        self.artifact = artifact
        self.model = model
        self.own = own
        isQuantized = model.isQuantized
        tolerance = artifact.format.tolerance(isQuantized: isQuantized)
        switch artifact.shape {
        case .exits(let only):
            onlyExit = only
            // What the model would do with these logits.
            policy = only == nil ? model.metadata.operatingPoints.last?.policy : nil
        case .dynamic, .stages:
            // One of another model is told apart when its answers are judged.
            let own = artifact.policy.flatMap { $0.thresholds.count == model.exitCount - 1 ? $0 : nil }
            policy = own ?? .fullDepth(exits: model.exitCount)
        case .program: policy = nil
        }
    }

    /// When images are to leave, for files that do not know it; every image goes to the last exit where nothing is known.
    var givenPolicy: ExitPolicy { policy ?? .fullDepth(exits: model.exitCount) }

    /// Adds a row.
    mutating func add(_ attempt: RunnerProcesses.Attempt, _ runtime: Runtime, _ setting: Runtime.Setting) {
        var row = RuntimeParity(
            runtime: runtime.title, setting: setting.text, package: runtime.package, verdict: .failed)
        switch attempt {
        case .interrupted: return
        case .notFound(let missing):
            row.verdict = .notFound
            row.remark = runtime.runner.map { $0.needs.contains(missing) ? nil : "\(missing) is not installed" } ?? nil
        case .failed(let problem): row.remark = problem
        case .answers(let answers):
            row.version = answers.result.version
            row.precision = answers.result.precision
            row.milliseconds = answers.milliseconds
            judge(answers, &row)
        }
        rows.append(row)
    }

    private mutating func judge(_ answers: RuntimeAnswers, _ row: inout RuntimeParity) {
        if let thresholds = answers.thresholds {
            guard thresholds.count == model.exitCount - 1, !thresholds.contains(where: \.isNaN) else {
                row.remark = "has \(thresholds.count + 1) exits, the model \(model.exitCount)"
                row.verdict = .differs
                return
            }
            policy = ExitPolicy(
                score: model.metadata.operatingPoints.last?.policy.score ?? .entropy, thresholds: thresholds)
        }
        do throws(ErdeError) {
            let comparison = try Comparison(answers, own, exit: onlyExit, policy: policy)
            if let only = comparison.onlyExit {
                onlyExit = only
                policy = nil
            }
            row.difference = comparison.difference
            if tolerance.accepts(comparison.difference, images: own.logits.count) {
                row.verdict = .agrees
            } else if row.precision == "float32" || row.precision == "int8" && isQuantized {
                row.verdict = .differs
            } else {
                row.verdict = .reducedPrecision
            }
        } catch {
            row.verdict = .differs
            row.remark = "\(error.subject): \(error.problem)"
        }
    }

    /// All rows, with erde's own times for the same work where any runtime was there.
    ///
    /// - Throws: `ErdeError` of the engine.
    func report() throws(ErdeError) -> FileParity {
        let shape: String
        let work: OwnAnswers.Work
        switch artifact.shape {
        case .exits where onlyExit != nil && model.exitCount > 1: (shape, work) = ("cut", .cut(exit: onlyExit ?? 0))
        case .exits: (shape, work) = ("all", .everyExit)
        case .dynamic: (shape, work) = ("dynamic", .leaving(givenPolicy))
        case .stages: (shape, work) = ("stages", .leaving(givenPolicy))
        case .program: (shape, work) = ("program", .leaving(givenPolicy))
        }
        var file = FileParity(
            path: artifact.path, format: artifact.format.rawValue, shape: shape, exit: onlyExit.map { $0 + 1 }, policy: policy,
            tolerance: tolerance, precision: isQuantized ? "int8" : "float32",
            milliseconds: [], runtimes: rows.map(withHint))
        if file.wasRun { file.milliseconds = try own.milliseconds(work) }
        return file
    }

    /// Where less than float32 did not suffice, what to set.
    private func withHint(_ row: RuntimeParity) -> RuntimeParity {
        guard row.verdict == .reducedPrecision else { return row }
        var row = row
        if let exact = rows.first(where: { $0.runtime == row.runtime && $0.setting != nil }) {
            row.remark = "set \(exact.setting ?? "") for float32"
        }
        return row
    }
}
