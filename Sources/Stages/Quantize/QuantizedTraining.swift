package import Artifacts
package import Diagnostics
import Graphs
package import Training

/// A short training of a network whose weights and activations are rounded as they will be in bytes.
package struct QuantizedTraining {
    /// Whom it learns from; nil with a method that needs nobody.
    package var teacher: Model?
    package var distillation: DistillationRecipe
    package var recipe: TrainingRecipe
    package var run: TrainingRun

    /// - Parameters:
    ///   - student: in float. Its recipe is taken over, for fewer epochs at a twentieth of the learning rate: the network is
    ///     found, and only its rounding is new. The batch size is fitted to the images, and the bound of gradients to the network
    ///     that is trained, in which batch normalisations are folded into the layers before them.
    ///   - teacher: of the loss that the student learned with; without it cross-entropy alone is left.
    ///   - images: of the training split.
    /// - Throws: `ErdeError` of kind `badData` when the student lacks a variable.
    package init(student: Model, teacher: Model?, epochs: Int, images: Int, run: TrainingRun) throws(ErdeError) {
        self.teacher = teacher
        var loss = student.metadata.provenance.distillation ?? DistillationRecipe()
        if teacher == nil, loss.method.learnsFromTeacher { loss.method = .ce }
        loss.outOfFold = .ignored
        distillation = loss
        var recipe = student.metadata.provenance.training ?? TrainingRecipe()
        recipe.epochs = epochs
        recipe.peakLearningRate /= 20
        if student.metadata.provenance.training == nil { recipe.fitCrop(to: student.metadata.image) }
        recipe.fitBatch(toImages: images)
        recipe.clipGradients(in: try student.graph.optimizedForInference(student.parameters).graph)
        self.recipe = recipe
        self.run = run
    }

    /// Checks that everything fits together, before any time is spent.
    ///
    /// - Parameter graph: before or after its floats are rounded.
    /// - Throws: `ErdeError`: see `TrainingTask.validate`.
    func validate(_ graph: Graph, _ parameters: Parameters, on dataset: Dataset) throws(ErdeError) {
        try task(graph, parameters, on: dataset).validate()
    }

    /// The parameters of a graph of rounded floats after training.
    func trained(_ graph: Graph, _ parameters: Parameters, on dataset: Dataset) throws(ErdeError) -> Parameters {
        try Trainer(task(graph, parameters, on: dataset), run).train().parameters
    }

    private func task(_ graph: Graph, _ parameters: Parameters, on dataset: Dataset) -> TrainingTask {
        TrainingTask(
            graph: graph, parameters: parameters, teacher: distillation.method.learnsFromTeacher ? teacher : nil,
            dataset: dataset, recipe: recipe, distillation: distillation)
    }
}
