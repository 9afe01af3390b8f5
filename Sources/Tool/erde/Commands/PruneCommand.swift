import Architectures
import ArgumentParser
import Artifacts
import Calibrate
import Diagnostics
import Emit
import ONNXFormat
import Prune
import Pruning

/// `erde prune MODEL --to 50% -o pruned.pb`
struct PruneCommand: LongComputation {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Removes channels from a model until it costs so many MACs, training in between.",
        discussion: """
            Layers that must lose the same channels are found from the network itself. The model recovers with its own loss, \
            or from a teacher with the teacher's. Thresholds that it had are fitted again.

              erde prune teacher.pb --groups
              erde prune teacher.pb --to 50% -o pruned.pb
              erde prune student.pb --to 8M --teacher teacher.pb -o pruned.pb
              erde prune teacher.pb --to 70% --importance l2 --no-training -o pruned.pb
            """)

    @Argument(help: "The model file.")
    var model: String

    @Option(
        help: ArgumentHelp(
            "MACs of the whole network, or a share of what it costs now: 8M, 50%. Needed unless the recipe has it.",
            valueName: "macs"))
    var to: MACQuantity?

    @Flag(help: "Only show which channels can be removed together.")
    var groups = false

    @Option(help: "A model to learn from while recovering.")
    var teacher: String?

    @Option(help: "A dataset file; by default the one the model was trained on.")
    var data: String?

    @Option(
        name: .shortAndLong, help: "The model file to write; \(PruneCommand.usualOutput) by default, where there is none.")
    var output: String?

    @Flag(inversion: .prefixedNo, help: "Train after removing channels.")
    var training = true

    @OptionGroup(title: "Pruning") var pruning: PruningOptions
    @OptionGroup(title: "Distillation") var distillation: DistillationOptions
    @OptionGroup(title: "Training") var recovery: TrainingOptions
    @OptionGroup var engine: EngineOptions
    @OptionGroup var common: CommonOptions

    private static let usualOutput = "pruned.pb"

    private var outputPath: String { output ?? Self.usualOutput }

    func run() throws {
        common.apply()
        if groups { try refuseAllBesideGroups() }
        if !groups && to == nil && recovery.recipe == nil {
            throw ErdeError(
                .usage, "--to", "is missing", remedy: "give the MACs to come down to, for example 50%, or ask for --groups")
        }
        let loaded = try ModelFile.read(named: model)
        try loaded.requireFloat(named: model)
        guard !groups else {
            let list = ChannelGroupList(loaded.graph)
            Console.standard.result(common.json ? try JSONText.text(list) : list.text)
            return
        }
        try OutputPlace.check(file: outputPath, inputs: [model, teacher, data, loaded.metadata.provenance.datasetPath])
        if output == nil && !recovery.resume { try OutputPlace.requireFree(outputPath) }
        let source = try teacher.map { (path) throws(ErdeError) in try ModelFile.read(named: path) }
        var recipe = try recipe(for: loaded, hasTeacher: source != nil)
        guard let target = try to?.macs(of: loaded.metadata.cumulativeMACs.last) ?? recipe.prunedMACs else {
            throw ErdeError(.usage, "--to", "is missing, and the recipe has no prunedMACs", remedy: "give one, for example 50%")
        }
        let loss = recipe.distillation ?? DistillationRecipe()
        let choice = recipe.pruning ?? PruningRecipe()
        try refuseIdleOptions(choice.importance)
        let place = try images(for: loaded, areNeeded: training || choice.importance == .taylor)
        if training, let place {
            recovery.fitBatch(of: &recipe.training, images: place.dataset.train.count)
            // What it was trained with fits its images.
            if loaded.metadata.provenance.training == nil {
                recovery.fitCrop(of: &recipe.training, to: place.dataset.description.image)
            }
            recovery.clipGradients(of: &recipe.training, in: loaded.graph)
        }
        if !loaded.metadata.operatingPoints.isEmpty { try place?.requireImagesToCalibrate() }
        recipe.architecture = loaded.metadata.provenance.architecture?.name
        recipe.prunedMACs = target
        var task = PruningTask(
            model: loaded, parentHash: try ModelFile.hash(path: model),
            targetMACs: target, recipe: choice, teacher: source, foldPredictions: try folds(loss, source, place),
            dataset: place?.dataset, datasetPath: place?.path, training: recipe.training, distillation: loss)
        task.trains = training
        let files = RunFiles(model: outputPath)
        let job = PruningJob(task: task, files: files, engine: engine, progress: TrainingProgress())
        if recovery.resume && !job.hasBegun {
            try files.requireUnfinished()
            throw ErdeError(.notFound, outputPath, "no pruning of it has begun", remedy: "start without --resume")
        }
        Interruption.watch()
        var pruned: Model
        do throws(ErdeError) {
            pruned = try job.run(resume: recovery.resume)
        } catch {
            throw error.subject == "prunedMACs" ? error.naming("--to") : error
        }
        if let place { try fitThresholds(of: &pruned, like: loaded, place) }
        // With the model, so that a run that is refused or stopped leaves the recipe of the one that is there.
        try files.write(recipe)
        try emit(pruned, to: outputPath)
        files.settleCompanions(training ? [.recipe, .metrics] : [.recipe])
        files.removeIntermediates(steps: choice.steps)
        let result = try PrunedModel(pruned, from: loaded, name: outputPath, place: place, engine: engine)
        Console.standard.result(common.json ? try JSONText.text(result) : result.text)
    }

    /// Refuses what has no effect where groups are only shown.
    private func refuseAllBesideGroups() throws(ErdeError) {
        let own: [(name: String, isGiven: Bool)] = [
            ("--to", to != nil), ("--teacher", teacher != nil), ("--data", data != nil), ("--output", output != nil),
            ("--no-training", !training),
        ]
        var given = own.filter { $0.isGiven }.map { $0.name }
        given += pruning.given
        given += distillation.given
        given += recovery.given
        guard let option = given.first else { return }
        throw ErdeError(
            .usage, option, "has no effect with --groups, which only shows channels", remedy: "leave one of the two out")
    }

    /// Refuses what only a training uses where there is none. Importance asks for some of it, too: taylor looks at batches, and
    /// their loss tells it what a channel is worth.
    private func refuseIdleOptions(_ importance: PruningRecipe.Importance) throws(ErdeError) {
        guard !training else { return }
        var used: Set = ["--recipe", "--resume"]
        if importance == .taylor { used.formUnion(["--batch", "--label-smoothing"]) }
        if importance == .taylor || importance == .random { used.insert("--seed") }
        var idle = recovery.given.filter { !used.contains($0) }
        if pruning.stepEpochs != nil { idle.append("--step-epochs") }
        if let option = idle.first {
            throw ErdeError(.usage, option, "nothing is trained with --no-training", remedy: "leave one of the two out")
        }
        guard importance != .taylor else { return }
        if let option = ((teacher == nil ? [] : ["--teacher"]) + distillation.given).first {
            throw ErdeError(
                .usage, option, "--importance \(importance.rawValue) asks no loss, and nothing is trained with --no-training",
                remedy: "leave it out, or choose --importance taylor")
        }
    }

    /// The dataset. Where channels are only taken away, it serves for the thresholds alone, and they are dropped without it.
    private func images(for loaded: Model, areNeeded: Bool) throws(ErdeError) -> DatasetPlace? {
        if areNeeded || data != nil { return try DatasetPlace(given: data, of: loaded, named: model) }
        if loaded.metadata.operatingPoints.isEmpty { return nil }
        do throws(ErdeError) {
            return try DatasetPlace(given: nil, of: loaded, named: model)
        } catch {
            Console.standard.warn("\(outputPath) will have no thresholds, since there are no images to fit them on: \(error)")
            return nil
        }
    }

    /// The recipe file with the options in it. Without one, the model recovers as it was trained, but shorter and with a
    /// lower learning rate, and with the loss that it was trained with where there is what it needs.
    private func recipe(for model: Model, hasTeacher: Bool) throws(ErdeError) -> RunRecipe {
        let provenance = model.metadata.provenance
        var recipe = try recovery.merged(provenance.training ?? TrainingRecipe())
        recipe.pruning = try pruning.merged(recipe.pruning)
        if recovery.recipe == nil, let choice = recipe.pruning {
            var training = choice.recovery(after: recipe.training)
            training.epochs = recovery.epochs ?? training.epochs
            training.peakLearningRate = recovery.learningRate ?? training.peakLearningRate
            recipe.training = training
        }
        var base = recipe.distillation
        if base == nil {
            base = provenance.distillation.flatMap { $0.method.learnsFromTeacher == hasTeacher ? $0 : nil }
            base?.outOfFold = .ignored
        }
        if base == nil, !hasTeacher {
            base = DistillationRecipe()
            base?.method = .ce
        }
        let loss = try distillation.merged(base)
        guard hasTeacher || !loss.method.learnsFromTeacher else {
            throw ErdeError(
                .usage, "--method", "\(loss.method.rawValue) learns from a teacher, and there is none",
                remedy: "give one with --teacher, or choose --method ce")
        }
        recipe.distillation = loss
        try recipe.validate()
        return recipe
    }

    private func folds(
        _ loss: DistillationRecipe, _ source: Model?, _ place: DatasetPlace?
    ) throws(ErdeError) -> FoldPredictions? {
        guard loss.effectiveOutOfFold != .ignored, let teacher, let source, let place else { return nil }
        return try FoldJudgement.read(beside: teacher, source, place.dataset)
    }

    /// Fits thresholds for the budgets that the model had, as far as it can still use them.
    private func fitThresholds(of pruned: inout Model, like loaded: Model, _ place: DatasetPlace) throws(ErdeError) {
        let macs = pruned.metadata.cumulativeMACs
        guard let score = loaded.metadata.operatingPoints.first?.policy.score, let least = macs.first, let most = macs.last
        else { return }
        let known = loaded.metadata.operatingPoints.map(\.budgetMACs).filter { $0 >= Double(least) }
        let budgets = known.isEmpty ? [Double(most)] : known.map { min($0, Double(most)) }
        let logits = try LabelledLogits(of: pruned, place.dataset.calibration, engine: engine)
        pruned.metadata.operatingPoints = try FittingProgress.show { (run) throws(ErdeError) in
            try Calibrate.fitThresholds(for: budgets, on: logits, score: score, cumulativeMACs: macs, run: run)
        }
    }
}
