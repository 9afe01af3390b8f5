package import Artifacts
import Diagnostics
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
    ///   - student: its recipe is taken over, for fewer epochs at a twentieth of the learning rate: the network is found,
    ///     and only its rounding is new.
    ///   - teacher: of the loss that the student learned with; without it cross-entropy alone is left.
    package init(student: Model, teacher: Model?, epochs: Int, run: TrainingRun) {
        self.teacher = teacher
        var loss = student.metadata.provenance.distillation ?? DistillationRecipe()
        if teacher == nil, loss.method.learnsFromTeacher { loss.method = .ce }
        loss.outOfFold = .ignored
        distillation = loss
        var recipe = student.metadata.provenance.training ?? TrainingRecipe()
        recipe.epochs = epochs
        recipe.peakLearningRate /= 20
        self.recipe = recipe
        self.run = run
    }

    /// The parameters of a graph of rounded floats after training.
    func trained(_ graph: Graph, _ parameters: Parameters, on dataset: Dataset) throws(ErdeError) -> Parameters {
        let task = TrainingTask(
            graph: graph, parameters: parameters, teacher: distillation.method.learnsFromTeacher ? teacher : nil,
            dataset: dataset, recipe: recipe, distillation: distillation)
        return try Trainer(task, run).train().parameters
    }
}
