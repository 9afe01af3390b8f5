import Architectures
package import Artifacts
package import Diagnostics
import Losses
package import Training

/// Trains an early-exit teacher.
///
/// - Parameters:
///   - datasetPath: absolute, for the model's provenance.
///   - loss: one that needs no teacher; cross-entropy and every weight 1 is what ERDE's teachers are trained with.
///   - run: engine, checkpoints and whom to tell. A warning is reported when the trained teacher is almost never wrong on
///     augmented training images, so that ERDE would have nothing to work with.
/// - Throws: `ErdeError`: see `Trainer`; and of kind `usage` for a network that cannot exist or a loss that needs a
///   teacher.
package func trainTeacher(
    on dataset: Dataset, datasetPath: String?, architecture: ArchitectureDescription, recipe: TrainingRecipe,
    loss: DistillationRecipe, run: TrainingRun
) throws(ErdeError) -> Model {
    var model = try architecture.initialModel(role: .teacher, for: dataset.description, seed: recipe.seed)
    let task = TrainingTask(
        graph: model.graph, parameters: model.parameters, dataset: dataset, recipe: recipe, distillation: loss)
    let result = try Trainer(task, run).train()
    model.take(result, of: task, datasetPath: datasetPath)
    if let warning = MemorisedTeacher.warning(errorPerExit: result.trainingErrorPerExit) { run.report(.warning(warning)) }
    return model
}
