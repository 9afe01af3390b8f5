import Architectures
package import Artifacts
package import Diagnostics
import Inference
package import Training

/// Trains one teacher per fold on the training images outside it, and lets it judge those inside it as they are.
///
/// A teacher is almost never wrong on images that it has memorised; what these say of images that they have not seen is
/// what ERDE's masks were meant for. The teachers themselves are dropped.
///
/// - Parameters:
///   - loss: of the teachers, one that needs no teacher.
///   - folds: at least 2.
///   - earlier: what an interrupted run of the same options has made; its folds are not trained again.
///   - run: gives the run of a fold, counted from 0.
///   - save: called with everything made so far when a fold is done.
/// - Throws: `ErdeError`: see `Trainer`; and of kind `usage` when `earlier` was made with other options or by another
///   engine or precision, or there are fewer images than folds.
package func judgeOutOfFold(
    on dataset: Dataset, architecture: ArchitectureDescription, recipe: TrainingRecipe, loss: DistillationRecipe, folds: Int,
    continuing earlier: FoldPredictions?, run: (Int) throws(ErdeError) -> TrainingRun,
    save: (Int, FoldPredictions) throws(ErdeError) -> Void
) throws(ErdeError) -> FoldPredictions {
    guard folds >= 2, folds <= dataset.train.count else {
        throw ErdeError(
            .usage, "--out-of-fold", "expected 2 to \(max(2, dataset.train.count)) folds, found \(folds)",
            remedy: "choose 5, for example")
    }
    let start = try architecture.initialModel(role: .teacher, for: dataset.description, seed: recipe.seed)
    let origin = FoldPredictions.Origin(
        folds: folds, datasetFingerprint: dataset.fingerprint, imageCount: dataset.train.count,
        classes: dataset.description.classNames.count, exits: start.exitCount, architecture: architecture.name,
        training: recipe, distillation: loss)
    if let earlier, earlier.origin != origin { throw otherFolds("with other options or on another dataset") }
    var predictions = earlier ?? FoldPredictions(origin)
    let plan = FoldPlan(labels: dataset.train.labels, folds: folds, seed: recipe.seed)
    for fold in predictions.foldsDone..<folds {
        let run = try run(fold)
        if let difference = predictions.computation?.difference(to: run.computation) { throw otherFolds("by \(difference)") }
        predictions.computation = predictions.computation ?? run.computation
        let seen = dataset.training(on: plan.images(outside: fold), name: "without fold \(fold + 1) of \(folds)")
        var model = start
        let task = TrainingTask(
            graph: model.graph, parameters: model.parameters, dataset: seen, recipe: recipe, distillation: loss)
        model.parameters = try Trainer(task, run).train().parameters
        let images = plan.images(of: fold)
        let judged = try exitLogits(
            of: model, samples: dataset.train.selecting(images), engine: run.engine, options: run.options)
        predictions.set(judged.logits, of: images)
        predictions.foldsDone = fold + 1
        try save(fold, predictions)
    }
    return predictions
}

private func otherFolds(_ difference: String) -> ErdeError {
    ErdeError(
        .usage, "--out-of-fold", "the folds judged so far were made \(difference)",
        remedy: "give the same options again, or start without --resume")
}
