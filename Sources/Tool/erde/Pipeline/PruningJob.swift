import Artifacts
import Diagnostics
import Emit
import ONNXFormat
import Prune
import Training

/// A pruning with its files: a checkpoint of the training under way, and a model for every step done.
struct PruningJob {
    let task: PruningTask
    /// Beside the model that comes out.
    let files: RunFiles
    let engine: EngineOptions
    let progress: TrainingProgress

    private var console: Console { .standard }
    private var lastStep: Int { task.recipe.steps - 1 }

    /// The model; what is kept on the way stays until it is written.
    ///
    /// - Parameter resume: goes on after the steps that are done, and from the checkpoint of the one that was stopped.
    func run(resume: Bool) throws(ErdeError) -> Model {
        try prune(
            task,
            PruningRun(
                computation: TrainingRun(engine: engine.engine, options: engine.compilation).computation,
                training: { (step) throws(ErdeError) in
                    // Not before the task is accepted.
                    if !resume && step == 0 { self.files.removeSteps(lastStep) }
                    let files = filesOfTraining(step)
                    var run = TrainingRun(engine: engine.engine, options: engine.compilation)
                    files.attach(to: &run, resume: resume && files.hasCheckpoint)
                    run.report = progress.show
                    return run
                },
                earlier: { (step) throws(ErdeError) in
                    let path = files.stepModel(step)
                    guard resume, step < lastStep, InputFile.size(path) != nil else { return nil }
                    return try ModelFile.read(path: path)
                },
                save: { (step, model) throws(ErdeError) in
                    try emit(model, to: files.stepModel(step))
                    filesOfTraining(step).removeCheckpoint()
                },
                report: show))
    }

    /// Whether something of an interrupted run is there.
    var hasBegun: Bool {
        files.hasCheckpoint
            || (0..<lastStep).contains { files.step($0).hasCheckpoint || InputFile.size(files.stepModel($0)) != nil }
    }

    /// The last training keeps its files under the model's own name.
    private func filesOfTraining(_ step: Int) -> RunFiles { step == lastStep ? files : files.step(step) }

    private func show(_ step: PruningStep) {
        let epochs = step.epochs == 1 ? "1 epoch" : "\(step.epochs) epochs"
        console.note(
            "Step \(step.step) of \(step.steps): from \(macsText(Double(step.macsBefore))) to \(macsText(Double(step.macsAfter))), "
                + "\(groupedText(step.parametersBefore)) to \(groupedText(step.parametersAfter)) parameters"
                + (step.epochs > 0 ? "; recovering for \(epochs)" : ""))
    }
}
