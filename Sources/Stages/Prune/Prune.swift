package import Artifacts
package import Diagnostics
import Glibc
import Graphs
import Losses
import Pruning
package import Training

/// Removes channels from a network until it costs so many MACs, in steps, with training after each.
///
/// Steps take the MACs down by equal ratios. Before each, channels are judged anew on what is left; after it the network
/// learns with the task's own loss, from the teacher where there is one, so that pruning and distillation are one thing.
///
/// - Throws: `ErdeError` of kind `usage` for a target out of reach or not below what the network costs now, and for an
///   importance that needs images where there are none; `badData` for weights that are no numbers; and see `Trainer`.
package func prune(_ task: PruningTask, _ run: PruningRun) throws(ErdeError) -> Model {
    try task.recipe.validate()
    try task.model.requireNumbers()
    let start = task.model
    let cost = start.graph.cost()
    let full = cost.cumulativeMACs.last ?? 0
    let widths = ChannelDependencies(start.graph).widths(in: start.graph)
    // A target that no step can reach is refused before the first one.
    try ChannelSelection.requireReach(task.targetMACs, task.recipe, start.graph)

    if let dataset = task.dataset { try training(of: start, on: dataset, task.training, task).validate() }

    let history = start.metadata.provenance.prunings ?? []
    var model = start
    model.metadata.provenance.parentHash = task.parentHash
    for step in 0..<task.recipe.steps {
        if let earlier = try run.earlier(step) {
            try requireSameTask(earlier, after: model, task, run, full: full, history: history)
            model = earlier
            continue
        }
        let isLast = step == task.recipe.steps - 1
        let share = Double(step + 1) / Double(task.recipe.steps)
        let target = isLast ? task.targetMACs : Double(full) * pow(task.targetMACs / Double(full), share)
        let before = model.graph.cost()
        let present = ChannelDependencies(model.graph)
        let training = try run.training(step)
        let importance = try channelImportance(of: model, present, task, step: step, training)
        let selection = try ChannelSelection(
            to: target, importance: importance, task.recipe, model.graph, present, fullWidths: widths)
        model = try model.pruned(selection, present)
        let after = model.graph.cost()
        model.metadata.provenance.prunings =
            history + [
                PruningRecord(
                    recipe: task.recipe, targetMACs: task.targetMACs, macsBefore: full,
                    macsAfter: after.cumulativeMACs.last ?? 0, parametersBefore: cost.parameterCount,
                    parametersAfter: after.parameterCount)
            ]
        var recipe = task.training
        if !isLast { recipe.epochs = task.recipe.stepEpochs }
        // A step too small for the permitted widths needs no recovery.
        let recovers = task.trains && task.dataset != nil && (isLast || !selection.removed.isEmpty)
        run.report(
            PruningStep(
                step: step + 1, steps: task.recipe.steps, macsBefore: before.cumulativeMACs.last ?? 0,
                macsAfter: after.cumulativeMACs.last ?? 0, parametersBefore: before.parameterCount,
                parametersAfter: after.parameterCount, epochs: recovers ? recipe.epochs : 0))
        if let dataset = task.dataset, recovers { try recover(&model, on: dataset, recipe, task, training) }
        if !isLast { try run.save(step, model) }
    }
    return model
}

/// Trains what is left.
private func recover(
    _ model: inout Model, on dataset: Dataset, _ recipe: TrainingRecipe, _ task: PruningTask, _ run: TrainingRun
) throws(ErdeError) {
    let training = training(of: model, on: dataset, recipe, task)
    model.take(try Trainer(training, run).train(), of: training, datasetPath: task.datasetPath)
}

private func training(
    of model: Model, on dataset: Dataset, _ recipe: TrainingRecipe, _ task: PruningTask
) -> TrainingTask {
    TrainingTask(
        graph: model.graph, parameters: model.parameters,
        teacher: task.distillation.method.learnsFromTeacher ? task.teacher : nil, foldPredictions: task.foldPredictions,
        dataset: dataset, recipe: recipe, distillation: task.distillation)
}

/// By coupled channel, what the recipe says it is worth.
private func channelImportance(
    of model: Model, _ dependencies: ChannelDependencies, _ task: PruningTask, step: Int, _ run: TrainingRun
) throws(ErdeError) -> [Double] {
    switch task.recipe.importance {
    case .l1: return try WeightImportance.norms(model.parameters, of: model.graph, dependencies, power: 1)
    case .l2: return try WeightImportance.norms(model.parameters, of: model.graph, dependencies, power: 2)
    case .normScale: return try WeightImportance.normScales(model.parameters, of: model.graph, dependencies)
    case .random: return RandomImportance.draw(dependencies, seed: task.training.seed, step: step)
    case .taylor:
        guard let dataset = task.dataset else {
            throw ErdeError(
                .usage, "--importance", "taylor looks at the loss on training images, and there are none",
                remedy: "choose l1, l2, normScale or random, or give a dataset with --data")
        }
        // The same judges and the same teacher as in the training that follows.
        let learning = training(of: model, on: dataset, task.training, task)
        let folds = learning.usedFoldPredictions
        let taylor = try TaylorImportance(
            TaylorGraph(
                model.graph, dependencies, teacher: learning.runningTeacher, distillation: learning.distillation,
                foldExits: folds?.origin.exits ?? 0, labelSmoothing: learning.recipe.labelSmoothing,
                batch: learning.recipe.batchSize),
            dependencies, parameters: model.parameters, engine: run.engine, options: run.options)
        try taylor.add(batches: task.recipe.batches, of: dataset.train, folds: folds, seed: learning.recipe.seed)
        return taylor.importance
    }
}

/// Refuses to go on from what other options made.
///
/// - Parameter before: what the step began with.
private func requireSameTask(
    _ earlier: Model, after before: Model, _ task: PruningTask, _ run: PruningRun, full: Int, history: [PruningRecord]
) throws(ErdeError) {
    let provenance = earlier.metadata.provenance
    let records = provenance.prunings ?? []
    var difference: String?
    if let last = records.last, Array(records.dropLast()) == history, last.macsBefore == full,
        provenance.parentHash == task.parentHash
    {
        if let changes = try last.recipe.changes(to: task.recipe) {
            difference = "another recipe of pruning (\(changes))"
        } else if last.targetMACs != task.targetMACs {
            difference = "a target of \(macsText(last.targetMACs)), now \(macsText(task.targetMACs))"
        } else {
            difference = try otherRecovery(earlier, after: before, task, run)
        }
    } else {
        difference = "another model to begin with"
    }
    if let difference {
        throw ErdeError(
            .usage, "--resume", "the steps done so far were made with \(difference)",
            remedy: "give the same options again, or start without --resume")
    }
}

/// What a step before the last did otherwise than the task after it removed channels, in words; nil if nothing.
private func otherRecovery(
    _ earlier: Model, after before: Model, _ task: PruningTask, _ run: PruningRun
) throws(ErdeError) -> String? {
    let provenance = earlier.metadata.provenance
    // Removing channels drops the errors, and only training brings new ones.
    let recovered = provenance.trainingErrorPerExit != nil
    guard earlier.graph.cost().parameterCount < before.graph.cost().parameterCount else { return nil }
    guard let dataset = task.dataset, task.trains else {
        return recovered ? "training after each step, now without" : nil
    }
    guard recovered, let trained = provenance.training, let loss = provenance.distillation else {
        return "no training after each step, now with it"
    }
    if let fingerprint = provenance.datasetFingerprint, fingerprint != dataset.fingerprint {
        return "another dataset (fingerprint \(fingerprint), now \(dataset.fingerprint))"
    }
    var recipe = task.training
    recipe.epochs = task.recipe.stepEpochs
    if let changes = try trained.changes(to: recipe) { return "another recipe (\(changes))" }
    if let changes = try loss.changes(to: task.distillation) { return "another loss (\(changes))" }
    let now = training(of: before, on: dataset, recipe, task)
    if provenance.teacherWeightsHash != now.teacher?.parameters.signature { return "another teacher" }
    if provenance.foldPredictionsHash != now.usedFoldPredictions?.signature { return "other out-of-fold predictions" }
    return provenance.computation?.difference(to: run.computation)
}

/// Where a pruning is done and what becomes of what it makes on the way.
package struct PruningRun {
    /// What computes all trainings.
    package var computation: TrainingComputation
    /// The training after a step, counted from 0.
    package var training: (Int) throws(ErdeError) -> TrainingRun
    /// What an interrupted run of the same task made in a step; nil where it did not come so far.
    package var earlier: (Int) throws(ErdeError) -> Model?
    /// Keeps the result of a step that is not the last.
    package var save: (Int, Model) throws(ErdeError) -> Void
    /// Told what a step removes, before the training that follows.
    package var report: (PruningStep) -> Void

    package init(
        computation: TrainingComputation, training: @escaping (Int) throws(ErdeError) -> TrainingRun,
        earlier: @escaping (Int) throws(ErdeError) -> Model? = { (_) throws(ErdeError) in nil },
        save: @escaping (Int, Model) throws(ErdeError) -> Void = { (_, _) throws(ErdeError) in },
        report: @escaping (PruningStep) -> Void = { _ in }
    ) {
        self.computation = computation
        self.training = training
        self.earlier = earlier
        self.save = save
        self.report = report
    }
}
