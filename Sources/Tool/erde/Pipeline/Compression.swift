import Architectures
import Artifacts
import Calibrate
import Diagnostics
import Distill
import ONNXFormat
import Prune
import Training

/// From a teacher, stage by stage, to a calibrated model in a file, and the report about all of them.
struct Compression {
    let teacher: Model
    let teacherPath: String
    /// What teachers say of training images that they have not seen, for a loss that uses that.
    let folds: FoldPredictions?
    let place: DatasetPlace
    let plan: StudentPlan
    let recipe: RunRecipe
    let loss: DistillationRecipe
    let folder: String
    let engine: EngineOptions
    /// Whether a quantized model that lost too much is written all the same.
    let force: Bool

    private var console: Console { .standard }

    /// Models that it may write.
    static let fileNames = [CompressionStage.student.fileName, CompressionStage.pruned.fileName, quantizedFileName]
    private static let quantizedFileName = "student-int8.pb"

    /// Models that it writes by this plan and recipe.
    static func outputs(of plan: StudentPlan, _ recipe: RunRecipe) -> [String] {
        plan.stages.map(\.fileName) + (recipe.quantization == nil ? [] : [quantizedFileName])
    }

    /// Where the student is written.
    static func student(in folder: String) -> String { "\(folder)/\(CompressionStage.student.fileName)" }

    private func path(_ stage: CompressionStage) -> String { "\(folder)/\(stage.fileName)" }

    /// - Throws: `ErdeError` of any kind; what is written is complete or absent.
    func run(resume: Bool) throws(ErdeError) -> WrittenReport {
        let progress = TrainingProgress()
        console.note(plan.reason)
        var last: CalibratedFile?
        var warnings: [String] = []
        var models = [try ModelMeasurement(place: place, engine: engine).summary(teacher, name: "teacher", path: teacherPath)]
        for stage in plan.stages {
            try stopIfAsked()
            let made = try make(
                stage, from: last?.measured.model ?? teacher, at: last?.measured.path ?? teacherPath, resume: resume, progress)
            // A run that is refused leaves the recipe of the student that is there.
            if stage == .student { try RunFiles(model: path(.student)).write(recipe) }
            if let warning = raisedTarget(made, stage) {
                console.warn(warning)
                warnings.append(warning)
            }
            let file = try CalibratedFile(
                made, name: stage.name, path: path(stage), options: calibrationOptions(made), place: place, engine: engine,
                previous: last?.measured)
            let files = RunFiles(model: path(stage))
            files.removeIntermediates(steps: plan.pruning?.steps ?? 0)
            files.settleCompanions(companions(of: stage))
            models.append(file.measured.summary)
            last = file
        }
        guard var last else { preconditionFailure("a compression without stages") }
        // A refused quantization leaves a finished student, which is worth its report.
        var refusal: ErdeError?
        if let quantization = recipe.quantization {
            try stopIfAsked()
            let job = QuantizationJob(
                recipe: quantization, teacher: teacher, place: place, engine: engine, force: force)
            do throws(ErdeError) {
                last = try job.run(
                    last.measured, to: "\(folder)/\(Self.quantizedFileName)", options: calibrationOptions(last.measured.model))
                models.append(last.measured.summary)
                warnings += last.warnings
            } catch {
                guard error.kind == .badData else { throw error }
                refusal = error
            }
        }
        var report = last.report
        report.candidates = plan.candidates
        report.candidateChoice = plan.reason
        report.teacherTrainingErrorPerExit =
            progress.teacherErrorPerExit.isEmpty
            ? teacher.metadata.provenance.trainingErrorPerExit : progress.teacherErrorPerExit
        let written = try WrittenReport(
            report, of: last.measured.model, at: last.measured.path, rows: models, on: place,
            told: progress.warnings + warnings, in: "\(folder)/report")
        try warnOfStrangers()
        if let refusal {
            console.note("\(last.measured.path) is complete, and \(folder)/report is about it")
            throw refusal
        }
        return written
    }

    /// Warns of models of an earlier run that lie beside those of this one and are not made of them.
    private func warnOfStrangers() throws(ErdeError) {
        let own = Self.outputs(of: plan, recipe)
        var hashes: Set<String> = []
        for name in own where InputFile.size("\(folder)/\(name)") != nil {
            hashes.insert(try ModelFile.hash(path: "\(folder)/\(name)"))
        }
        for name in Self.fileNames where !own.contains(name) {
            guard let stranger = try? ModelFile.read(path: "\(folder)/\(name)"),
                !hashes.contains(stranger.metadata.provenance.parentHash ?? "")
            else { continue }
            console.warn("\(folder)/\(name) stays from an earlier run; it is not made of the student that is there now")
        }
    }

    /// What it writes beside the model of a stage.
    private func companions(of stage: CompressionStage) -> Set<RunFiles.Companion> {
        switch stage {
        case .student: plan.isSearched ? [.recipe, .metrics, .search] : [.recipe, .metrics]
        case .pruned: [.metrics]
        }
    }

    /// - Throws: `ErdeError` of kind `interrupted` when somebody wants to stop between two stages.
    private func stopIfAsked() throws(ErdeError) {
        if Interruption.isRequested {
            throw ErdeError(
                .interrupted, "compress", "stopped between two stages; what is written is complete",
                remedy: "run the same command with --resume to go on")
        }
    }

    /// What a stage makes of the model before it, or has made of it before an interruption.
    private func make(
        _ stage: CompressionStage, from model: Model, at source: String, resume: Bool, _ progress: TrainingProgress
    ) throws(ErdeError) -> Model {
        if resume, let finished = try finished(stage, from: source) {
            console.note("\(path(stage)) is complete")
            return finished
        }
        switch stage {
        case .student:
            if let architecture = plan.architecture { return try distilled(architecture, resume: resume, progress) }
            var start = teacher
            start.metadata.role = .student
            return try pruned(start, stage, from: source, recipe.training, resume: resume, progress)
        case .pruned:
            let recovery = plan.pruning?.recovery(after: recipe.training) ?? recipe.training
            return try pruned(model, stage, from: source, recovery, resume: resume, progress)
        }
    }

    /// The model of a stage that an interrupted run of the same recipe has completed; nil where there is none.
    private func finished(_ stage: CompressionStage, from source: String) throws(ErdeError) -> Model? {
        let path = path(stage)
        let training = stage == .student ? recipe.training : plan.pruning?.recovery(after: recipe.training)
        let target = stage == .pruned || plan.architecture == nil ? try plan.prunedMACs() : nil
        guard InputFile.size(path) != nil, !RunFiles(model: path).hasCheckpoint,
            stage != plan.stages.last || recipe.quantization != nil
        else { return nil }
        let model = try ModelFile.read(path: path)
        let provenance = model.metadata.provenance
        guard provenance.parentHash == (try ModelFile.hash(path: source)), provenance.distillation == loss,
            provenance.architecture == (plan.architecture ?? teacher.metadata.provenance.architecture),
            provenance.training == training, provenance.datasetFingerprint == place.dataset.fingerprint,
            provenance.prunings?.last?.recipe == target.flatMap({ _ in plan.pruning }),
            provenance.prunings?.last?.targetMACs == target
        else { return nil }
        return model
    }

    private func distilled(
        _ architecture: ArchitectureDescription, resume: Bool, _ progress: TrainingProgress
    ) throws(ErdeError) -> Model {
        let files = RunFiles(model: path(.student))
        var run = TrainingRun(engine: engine.engine, options: engine.compilation)
        // A run that was stopped while it searched has no checkpoint yet.
        files.attach(to: &run, resume: resume && (files.hasCheckpoint || InputFile.size(files.search) == nil))
        run.report = progress.show
        console.note(
            "Distilling \(architecture.name) from \(teacherPath) with \(loss.method.rawValue) on "
                + "\(groupedText(place.dataset.train.count)) images")
        return try distill(
            from: teacher, foldPredictions: folds, parentHash: try ModelFile.hash(path: teacherPath),
            on: place.dataset, datasetPath: place.path, to: architecture, recipe: recipe.training, distillation: loss,
            run: run)
    }

    /// Channels removed from a model, which then learns from the teacher.
    private func pruned(
        _ model: Model, _ stage: CompressionStage, from source: String, _ training: TrainingRecipe, resume: Bool,
        _ progress: TrainingProgress
    ) throws(ErdeError) -> Model {
        guard let pruning = plan.pruning, let target = try plan.prunedMACs() else {
            preconditionFailure("a pruning without a target")
        }
        console.note("Pruning \(source) to \(macsText(target)) by \(pruning.importance.rawValue)")
        let task = PruningTask(
            model: model, parentHash: try ModelFile.hash(path: source), targetMACs: target, recipe: pruning,
            teacher: loss.method.learnsFromTeacher ? teacher : nil, foldPredictions: folds, dataset: place.dataset,
            datasetPath: place.path, training: training, distillation: loss)
        let job = PruningJob(task: task, files: RunFiles(model: path(stage)), engine: engine, progress: progress)
        return try job.run(resume: resume && job.hasBegun)
    }

    /// What to tell when no thresholds can reach the target: what a pruned network's first exit costs is known only now.
    private func raisedTarget(_ model: Model, _ stage: CompressionStage) -> String? {
        let least = Double(model.metadata.cumulativeMACs.first ?? 0)
        guard plan.targetMACs < least else { return nil }
        return "the first exit of \(stage.fileName) alone costs \(macsText(least)); thresholds are fitted for that instead of "
            + "the target"
    }

    private func calibrationOptions(_ model: Model) -> CalibrationOptions {
        var options = CalibrationOptions()
        let least = Double(model.metadata.cumulativeMACs.first ?? 0)
        options.targetMACs = max(plan.targetMACs, least)
        options.score = recipe.score
        options.budgets = plan.budgets.map { budgets in Set(budgets.map { max($0, least) }).sorted() }
        return options
    }
}
