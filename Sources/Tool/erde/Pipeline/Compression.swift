import Architectures
import Artifacts
import Calibrate
import Diagnostics
import Distill
import Emit
import Graphs
import Inference
import ONNXFormat
import Report
import ReportFile
import Training

/// From a teacher to a calibrated student in a file, and the report about both.
struct Compression {
    let teacher: Model
    let teacherPath: String
    let place: DatasetPlace
    let plan: StudentPlan
    let recipe: RunRecipe
    let loss: DistillationRecipe
    let folder: String
    let engine: EngineOptions

    private var studentPath: String { Compression.student(in: folder) }
    private var console: Console { .standard }

    /// Where the student is written.
    static func student(in folder: String) -> String { "\(folder)/student.pb" }

    /// - Throws: `ErdeError` of any kind; what is written is complete or absent.
    func run(resume: Bool) throws(ErdeError) -> CalibrationReport {
        let progress = TrainingProgress()
        console.note(plan.reason)
        var student = try distilled(resume: resume, progress)
        console.note("Fitting thresholds on \(groupedText(place.dataset.calibration.count)) calibration images")
        let calibration = try calibrated(student)
        student.metadata.operatingPoints = calibration.operatingPoints
        try emit(student, to: studentPath)
        // From here on the file speaks for itself: what is reported is what was read back.
        let written = try ModelFile.read(path: studentPath)
        var report = calibration.report
        report.models = [
            try summary(teacher, name: "teacher", path: teacherPath),
            try summary(written, name: "student", path: studentPath),
        ]
        report.candidates = plan.candidates
        report.candidateChoice = plan.reason
        report.provenance = written.metadata.provenance
        report.dataset.path = place.path
        report.dataset.fingerprint = place.dataset.fingerprint
        report.dataset.trainImages = place.dataset.train.count
        report.teacherTrainingErrorPerExit =
            progress.teacherErrorPerExit.isEmpty
            ? teacher.metadata.provenance.trainingErrorPerExit : progress.teacherErrorPerExit
        report.warnings = progress.warnings + report.warnings
        try report.attachThumbnails(from: place.dataset.test)
        try writeReport(report, to: "\(folder)/report")
        return report
    }

    private func distilled(resume: Bool, _ progress: TrainingProgress) throws(ErdeError) -> Model {
        let files = RunFiles(model: studentPath)
        var run = TrainingRun(engine: engine.engine, options: engine.compilation)
        // A run that was stopped while it searched has no checkpoint yet.
        files.attach(to: &run, resume: resume && (files.hasCheckpoint || InputFile.size(files.search) == nil))
        run.report = progress.show
        try files.write(recipe)
        console.note(
            "Distilling \(plan.architecture.name) from \(teacherPath) with \(loss.method.rawValue) on "
                + "\(groupedText(place.dataset.train.count)) images")
        let folds =
            loss.effectiveOutOfFold == .ignored ? nil : try FoldJudgement.read(beside: teacherPath, teacher, place.dataset)
        let student = try distill(
            from: teacher, foldPredictions: folds, parentHash: try ModelFile.hash(path: teacherPath), on: place.dataset,
            datasetPath: place.path,
            to: plan.architecture, recipe: recipe.training, distillation: loss, run: run)
        files.removeCheckpoint()
        return student
    }

    private func calibrated(_ student: Model) throws(ErdeError) -> Calibration {
        var options = CalibrationOptions()
        options.targetMACs = plan.targetMACs
        options.score = recipe.score
        options.budgets = plan.budgets
        return try calibrate(
            calibration: try logits(of: student, .calibration), test: try logits(of: student, .test),
            modelName: "student.pb", classNames: student.metadata.classNames,
            cumulativeMACs: student.metadata.cumulativeMACs, options: options)
    }

    private func logits(of model: Model, _ split: DatasetSplit) throws(ErdeError) -> LabelledLogits {
        try LabelledLogits(of: model, place.dataset.samples(split), engine: engine)
    }

    private func summary(_ model: Model, name: String, path: String) throws(ErdeError) -> ModelSummary {
        var summary = ModelSummary(
            name: name, architecture: model.metadata.provenance.architecture?.name,
            cumulativeMACs: model.metadata.cumulativeMACs, parameterCount: model.graph.cost().parameterCount)
        summary.fileBytes = InputFile.size(path)
        summary.calibrationAccuracyPerExit = try logits(of: model, .calibration).accuracyPerExit
        summary.testAccuracyPerExit = try logits(of: model, .test).accuracyPerExit
        let speed = InferenceSpeed(model: model, engine: engine)
        summary.millisecondsPerImageBatch1 = try speed.milliseconds(batch: 1)
        summary.millisecondsPerImageBatch128 = try speed.milliseconds(batch: 128)
        return summary
    }
}
