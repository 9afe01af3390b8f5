package import Artifacts
package import Diagnostics
import Graphs
package import Training

/// Trains an imported network: its new exits on the frozen body, or all of it.
///
/// - Parameters:
///   - imported: as it came from the file, before exits were added.
///   - model: the same with exits.
///   - datasetPath: absolute, for the model's provenance.
///   - run: engine, checkpoints and whom to tell.
/// - Throws: `ErdeError`: see `Trainer`; and of kind `usage` when everything is to learn but nothing normalises.
package func trainExits(
    of model: Model, imported: Model, learning part: LearningPart, on dataset: Dataset, datasetPath: String?,
    recipe: TrainingRecipe, loss: DistillationRecipe, run: TrainingRun
) throws(ErdeError) -> Model {
    var graph = model.graph
    switch part {
    case .newExits: graph = graph.freezing(Set(imported.parameters.tensors.keys))
    case .all:
        guard imported.graph.hasBatchNormalization else {
            throw ErdeError(
                .usage, "--fine-tune", "the file has no batch normalisation: it was folded into the layers, or never there",
                remedy: "export the model without folding, or train only the new exits")
        }
    }
    let task = TrainingTask(
        graph: graph, parameters: model.parameters, dataset: dataset, recipe: recipe, distillation: loss)
    let result = try Trainer(task, run).train()
    var trained = model
    trained.take(result, of: task, datasetPath: datasetPath)
    if let warning = MemorisedTeacher.warning(errorPerExit: result.trainingErrorPerExit) { run.report(.warning(warning)) }
    return trained
}
