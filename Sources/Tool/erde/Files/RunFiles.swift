import Artifacts
import Diagnostics
import FoundationEssentials
import Glibc
import Training

/// The files that a training run keeps beside the model it makes.
struct RunFiles {
    /// A file that stays beside a model and says something of it.
    enum Companion: CaseIterable {
        /// What made it.
        case recipe
        /// How its training went.
        case metrics
        /// How a student was chosen.
        case search
        /// What teachers like it say of images that they have not seen.
        case folds
    }

    private let model: String
    private let stem: String

    /// - Parameter model: path of the model file.
    init(model: String) {
        self.model = model
        stem = model.hasSuffix(".pb") ? String(model.dropLast(3)) : model
    }

    private var checkpoints: CheckpointFolder { CheckpointFolder(path: "\(stem).checkpoint") }

    /// Whether there is a run to go on with.
    var hasCheckpoint: Bool { checkpoints.hasCheckpoint }

    /// Checks, for a run that is to go on, that the one before has not come to its end.
    ///
    /// - Throws: `ErdeError` of kind `notFound`.
    func requireUnfinished() throws(ErdeError) {
        guard !hasCheckpoint, InputFile.size(model) != nil else { return }
        throw ErdeError(
            .notFound, model, "is complete, and nothing is left to resume: no checkpoint lies in \(checkpoints.path)",
            remedy: "leave --resume out, and name the output with -o, which replaces what is there")
    }

    /// What a search for a student has measured.
    var search: String { "\(stem).search.jsonl" }

    /// The folder for the report of a command that makes this model alone; the one of `compress` is about all that it makes.
    var report: String { "\(stem)-report" }

    /// What teachers say of images that they have not seen.
    var foldPredictions: String { "\(stem).folds" }

    /// The files of the run that trains without a fold, counted from 0.
    func fold(_ fold: Int) -> RunFiles { RunFiles(model: "\(stem).fold\(fold + 1)") }

    /// The files of a step of a pruning, counted from 0.
    func step(_ step: Int) -> RunFiles { RunFiles(model: stepModel(step)) }

    /// What a step of a pruning made.
    func stepModel(_ step: Int) -> String { "\(stem).step\(step + 1).pb" }

    /// The metrics of a training whose model is to replace one that is there and keeps its own until then.
    private var metricsOfNext: String { "\(stem).checkpoint.metrics.jsonl" }

    /// Gives the run its checkpoint folder and metrics log.
    func attach(to run: inout TrainingRun, resume: Bool) {
        run.checkpoints = checkpoints
        run.resumes = resume
        run.metricsLogPath = InputFile.size(model) == nil ? path(.metrics) : metricsOfNext
        run.shouldStop = { Interruption.isRequested }
        if !resume && checkpoints.hasCheckpoint {
            Console.standard.note("Starting over; the checkpoint in \(checkpoints.path) will be replaced")
        }
    }

    func write(_ recipe: RunRecipe) throws(ErdeError) {
        try AtomicFile.write(try recipe.json(), to: path(.recipe))
    }

    /// Whether the recipe beside the model is this one.
    func holds(_ recipe: RunRecipe) throws(ErdeError) -> Bool {
        guard let bytes = try? InputFile.bytes(path(.recipe)) else { return false }
        return bytes == (try recipe.json())
    }

    private func path(_ companion: Companion) -> String {
        switch companion {
        case .recipe: "\(stem).recipe.json"
        case .metrics: "\(stem).metrics.jsonl"
        case .search: search
        case .folds: foldPredictions
        }
    }

    /// The model is in its file: its metrics come beside it, and what is about another model, in whose place it came, goes.
    ///
    /// - Parameter own: what is about this one.
    func settleCompanions(_ own: Set<Companion> = []) {
        if own.contains(.metrics) { rename(metricsOfNext, path(.metrics)) }
        // Of a model with another ending they may be those of the one with the usual ending.
        guard model == "\(stem).pb" || InputFile.size("\(stem).pb") == nil else { return }
        for companion in Companion.allCases where !own.contains(companion) {
            let name = path(companion)
            if unlink(name) == 0 { Console.standard.note("Removed \(name), which was about another model than \(model)") }
        }
    }

    /// Nobody will go on from the checkpoint.
    func removeCheckpoint() { checkpoints.remove() }

    /// What the first steps of a pruning left.
    func removeSteps(_ count: Int) {
        for step in 0..<count {
            try? FileManager.default.removeItem(atPath: stepModel(step))
            self.step(step).removeCheckpoint()
        }
    }

    /// The model is in its file: nothing that was kept on the way is needed any more.
    func removeIntermediates(steps: Int = 0) {
        removeSteps(steps)
        removeCheckpoint()
    }
}
