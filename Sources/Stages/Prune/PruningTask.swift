package import Artifacts

/// What is to be pruned, how far, and how it recovers.
package struct PruningTask: Sendable {
    package var model: Model
    /// SHA-256 of the model's file, which is the pruned model's parent.
    package var parentHash: String?
    /// MACs of one image through the whole network.
    package var targetMACs: Double
    package var recipe: PruningRecipe
    /// Whom the network learns from while it recovers; nil with the methods that need nobody.
    package var teacher: Model?
    /// What teachers say of training images that they have not seen, for a loss that uses that.
    package var foldPredictions: FoldPredictions?
    /// Nil removes channels without looking at images, and without training.
    package var dataset: Dataset?
    /// Absolute, for the pruned model's provenance.
    package var datasetPath: String?
    /// Whether the network recovers after each step.
    package var trains = true
    /// Of the training after the last step; those before differ in their epochs alone.
    package var training: TrainingRecipe
    package var distillation: DistillationRecipe

    package init(
        model: Model, parentHash: String? = nil, targetMACs: Double, recipe: PruningRecipe, teacher: Model? = nil,
        foldPredictions: FoldPredictions? = nil, dataset: Dataset?, datasetPath: String? = nil,
        training: TrainingRecipe, distillation: DistillationRecipe
    ) {
        self.model = model
        self.parentHash = parentHash
        self.targetMACs = targetMACs
        self.recipe = recipe
        self.teacher = teacher
        self.foldPredictions = foldPredictions
        self.dataset = dataset
        self.datasetPath = datasetPath
        self.training = training
        self.distillation = distillation
    }
}
