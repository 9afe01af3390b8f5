import Architectures
package import Artifacts
package import Diagnostics
import Losses
package import Training

/// Trains a student from a frozen teacher, both seeing the same augmented images.
///
/// - Parameters:
///   - foldPredictions: of teachers like this one, for a loss that uses them.
///   - parentHash: SHA-256 of the teacher's file, for the student's provenance.
///   - datasetPath: absolute, for the same.
///   - architecture: the student's.
///   - distillation: the loss. With a method that needs no teacher, it is not run at all.
///   - run: engine, checkpoints and whom to tell. With ERDE a warning is reported after the first epoch when the teacher is
///     almost never wrong on the augmented images.
/// - Throws: `ErdeError`: see `Trainer`; and of kind `usage` for a network that cannot exist.
package func distill(
    from teacher: Model, foldPredictions: FoldPredictions? = nil, parentHash: String?, on dataset: Dataset, datasetPath: String?,
    to architecture: ArchitectureDescription,
    recipe: TrainingRecipe, distillation: DistillationRecipe, run: TrainingRun
) throws(ErdeError) -> Model {
    var model = try architecture.initialModel(role: .student, for: dataset.description, seed: recipe.seed)
    let task = TrainingTask(
        graph: model.graph, parameters: model.parameters, teacher: distillation.method.learnsFromTeacher ? teacher : nil,
        foldPredictions: foldPredictions, dataset: dataset, recipe: recipe, distillation: distillation)
    let result = try Trainer(task, run).train()
    model.take(result, of: task, datasetPath: datasetPath)
    model.metadata.provenance.parentHash = parentHash
    return model
}
