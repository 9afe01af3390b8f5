import Architectures
import Artifacts
import Diagnostics
import FoldFile
import Glibc
import TrainTeacher
import Training

/// Teachers like the one to be trained, one per fold, and the file of what they say of images that they have not seen.
struct FoldJudgement {
    let place: DatasetPlace
    let architecture: ArchitectureDescription
    let recipe: RunRecipe
    let loss: DistillationRecipe
    let files: RunFiles
    let engine: EngineOptions

    private var console: Console { .standard }

    /// - Parameter resume: goes on after the folds that are done, and from the checkpoint of the one that was stopped.
    func run(folds: Int, resume: Bool) throws(ErdeError) -> FoldPredictions {
        var earlier: FoldPredictions?
        if resume, InputFile.size(files.foldPredictions) != nil {
            earlier = try FoldPredictionsFile.read(files.foldPredictions)
        } else if resume, !files.fold(0).hasCheckpoint {
            throw ErdeError(
                .notFound, files.foldPredictions, "no fold has been judged or begun", remedy: "start without --resume")
        }
        let progress = TrainingProgress()
        let predictions = try judgeOutOfFold(
            on: place.dataset, architecture: architecture, recipe: recipe.training, loss: loss, folds: folds,
            continuing: earlier,
            run: { (fold) throws(ErdeError) in
                // Not before the options are accepted.
                if !resume && fold == 0 { unlink(self.files.foldPredictions) }
                console.note("Training without fold \(fold + 1) of \(folds)")
                let files = files.fold(fold)
                var run = TrainingRun(engine: engine.engine, options: engine.compilation)
                files.attach(to: &run, resume: resume && files.hasCheckpoint)
                run.report = progress.show
                return run
            },
            save: { (fold, predictions) throws(ErdeError) in
                try FoldPredictionsFile.write(predictions, to: files.foldPredictions)
                files.fold(fold).removeCheckpoint()
            })
        let errors = predictions.errorPerExit(labels: place.dataset.train.labels)
        console.note("Teachers are wrong on \(percentText(errors)) of the images they have not seen")
        return predictions
    }

    /// Reads the predictions that lie beside a teacher.
    ///
    /// - Throws: `ErdeError` of kind `notFound` when there are none, `badData` when they are not of teachers like this one
    ///   or not complete.
    static func read(beside teacherPath: String, _ teacher: Model, _ dataset: Dataset) throws(ErdeError) -> FoldPredictions {
        let path = RunFiles(model: teacherPath).foldPredictions
        let predictions = try FoldPredictionsFile.read(path)
        try predictions.requireFit(dataset, teacherExits: teacher.exitCount, name: path)
        guard agree(predictions, with: teacher) else {
            throw ErdeError(
                .badData, path, "was not made with \(teacherPath), but with a teacher trained otherwise",
                remedy: "train the teacher again with --out-of-fold")
        }
        return predictions
    }

    /// Whether what lies beside a teacher was said by teachers like it, be it complete or not.
    static func isFitting(beside teacherPath: String, _ teacher: Model) -> Bool {
        guard let predictions = try? FoldPredictionsFile.read(RunFiles(model: teacherPath).foldPredictions) else { return false }
        return predictions.origin.datasetFingerprint == teacher.metadata.provenance.datasetFingerprint
            && agree(predictions, with: teacher)
    }

    private static func agree(_ predictions: FoldPredictions, with teacher: Model) -> Bool {
        let (origin, provenance) = (predictions.origin, teacher.metadata.provenance)
        return origin.architecture == provenance.architecture?.name && origin.training == provenance.training
            && origin.distillation == provenance.distillation
    }
}
