import Artifacts
import Diagnostics
import FoundationEssentials
import Training

/// The files that a training run keeps beside the model it makes.
struct RunFiles {
    private let stem: String

    /// - Parameter model: path of the model file.
    init(model: String) { stem = model.hasSuffix(".pb") ? String(model.dropLast(3)) : model }

    private var checkpoints: CheckpointFolder { CheckpointFolder(path: "\(stem).checkpoint") }

    /// Whether there is a run to go on with.
    var hasCheckpoint: Bool { checkpoints.hasCheckpoint }

    /// What a search for a student has measured.
    var search: String { "\(stem).search.jsonl" }

    /// What teachers say of images that they have not seen.
    var foldPredictions: String { "\(stem).folds" }

    /// The files of the run that trains without a fold, counted from 0.
    func fold(_ fold: Int) -> RunFiles { RunFiles(model: "\(stem).fold\(fold + 1)") }

    /// The files of a step of a pruning, counted from 0.
    func step(_ step: Int) -> RunFiles { RunFiles(model: stepModel(step)) }

    /// What a step of a pruning made.
    func stepModel(_ step: Int) -> String { "\(stem).step\(step + 1).pb" }

    /// Gives the run its checkpoint folder and metrics log.
    func attach(to run: inout TrainingRun, resume: Bool) {
        run.checkpoints = checkpoints
        run.resumes = resume
        run.metricsLogPath = "\(stem).metrics.jsonl"
        run.shouldStop = { Interruption.isRequested }
        if !resume && checkpoints.hasCheckpoint {
            Console.standard.note("Starting over; the checkpoint in \(checkpoints.path) will be replaced")
        }
    }

    func write(_ recipe: RunRecipe) throws(ErdeError) {
        try AtomicFile.write(try recipe.json(), to: "\(stem).recipe.json")
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
