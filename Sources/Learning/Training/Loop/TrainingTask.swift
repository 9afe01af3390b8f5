package import Artifacts
package import Diagnostics
package import Graphs
import Tensors

/// What is to be trained, on what, how.
package struct TrainingTask: Sendable {
    /// The network in canonical form.
    package var graph: Graph
    /// Contents of its variables at the start.
    package var parameters: Parameters
    /// Whom it learns from; nil with the methods that need nobody.
    package var teacher: Model?
    /// What teachers say of training images that they have not seen, for a recipe that uses that.
    package var foldPredictions: FoldPredictions?
    package var dataset: Dataset
    package var recipe: TrainingRecipe
    package var distillation: DistillationRecipe

    package init(
        graph: Graph, parameters: Parameters, teacher: Model? = nil, foldPredictions: FoldPredictions? = nil,
        dataset: Dataset, recipe: TrainingRecipe, distillation: DistillationRecipe
    ) {
        self.graph = graph
        self.parameters = parameters
        self.teacher = teacher
        self.foldPredictions = foldPredictions
        self.dataset = dataset
        self.recipe = recipe
        self.distillation = distillation
    }

    /// The out-of-fold predictions, where the loss uses them.
    package var usedFoldPredictions: FoldPredictions? { distillation.effectiveOutOfFold == .ignored ? nil : foldPredictions }

    /// The teacher, where it is asked in every step: one whose place is taken need not run.
    package var runningTeacher: Model? { distillation.effectiveOutOfFold == .all ? nil : teacher }

    /// Checks that everything fits together, before any time is spent.
    package func validate() throws(ErdeError) {
        try recipe.validate()
        try distillation.validate()
        let image = dataset.description.image
        let classes = dataset.description.classNames.count
        try requireFit(graph, "network", image, classes)
        guard dataset.train.count >= recipe.batchSize else {
            throw ErdeError(
                .usage, "batchSize",
                "a batch of \(recipe.batchSize) images from a training split of \(dataset.train.count)",
                remedy: "choose a batch size of at most \(max(1, dataset.train.count))")
        }
        let side = min(image.height, image.width)
        for (key, pixels) in [
            ("cropPadding", recipe.augmentation.cropPadding), ("cutoutSide", recipe.augmentation.cutoutSide),
        ] where pixels > side {
            throw ErdeError(
                .usage, key, "\(pixels) pixels, and the images have a side of \(side)",
                remedy: "choose \(key) of at most \(side)")
        }
        if let label = dataset.train.labels.first(where: { !(0..<classes ~= Int($0)) }) {
            throw ErdeError(
                .badData, dataset.description.source, "expected labels from 0 to \(classes - 1), found \(label)",
                remedy: "ingest the dataset again")
        }
        try validateFolds()
        guard let teacher else { return }
        try requireFit(teacher.graph, "teacher", image, classes)
        guard teacher.metadata.classNames == dataset.description.classNames else {
            throw ErdeError(
                .usage, "teacher", "its classes are not the dataset's",
                remedy: "give the dataset that the teacher was trained on")
        }
    }

    private func validateFolds() throws(ErdeError) {
        let use = distillation.effectiveOutOfFold
        guard use != .ignored else { return }
        guard let foldPredictions else {
            throw ErdeError(
                .usage, "outOfFold", "there are no out-of-fold predictions", remedy: "train the teacher with --out-of-fold")
        }
        try foldPredictions.requireFit(
            dataset, teacherExits: teacher?.exitCount ?? foldPredictions.origin.exits, name: "out-of-fold predictions")
        guard use != .all || recipe.augmentation.mixup == 0 else {
            throw ErdeError(
                .usage, "outOfFold", "predictions of single images cannot be imitated on blends of two",
                remedy: "use them for the mask alone, or leave mixup out")
        }
    }

    private func requireFit(_ graph: Graph, _ subject: String, _ image: ImageFormat, _ classes: Int) throws(ErdeError) {
        let expected = [image.channels, image.height, image.width]
        let found = graph.inputs.first.map { Array(graph.shape(of: $0.value).dimensions.dropFirst()) } ?? []
        guard graph.inputs.count == 1, found == expected else {
            throw ErdeError(
                .usage, subject, "expected images of \(Shape(expected)), as in the dataset, found \(Shape(found))",
                remedy: "ingest the images at the \(subject)'s size")
        }
        guard let output = graph.outputs.first, graph.shape(of: output.value)[1] == classes else {
            throw ErdeError(
                .usage, subject, "does not tell apart the dataset's \(classes) classes",
                remedy: "give a \(subject) for this dataset")
        }
    }
}
