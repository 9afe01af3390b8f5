package import Diagnostics

/// All options of a training or compression run, as `--recipe` reads them and every result keeps them beside it.
package struct RunRecipe: Recipe {
    /// The network to train, in the form that `--arch` and `--student` take; nil leaves it to the command.
    package var architecture: String?
    package var training = TrainingRecipe()
    /// The loss; nil is the command's own: cross-entropy for a network alone, ERDE for a student.
    package var distillation: DistillationRecipe?
    /// How channels are removed; nil where none are.
    package var pruning: PruningRecipe?
    /// Folds of which each is judged by a teacher trained on the others; nil judges none.
    package var outOfFold: Int?
    /// What the gates of the student compare with their thresholds.
    package var score = GateScore.entropy

    /// Passes over the training images that all short trainings of a search for a student take together; nil takes as many as
    /// the student's own training has, 0 does not search.
    package var searchEpochs: Double?

    package init() {}

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case architecture
        case training
        case distillation
        case pruning
        case outOfFold
        case score
        case searchEpochs
    }

    /// Reads what is there; missing keys keep their defaults, unknown ones are refused.
    package init(from decoder: any Decoder) throws {
        let container = try StrictContainer(decoder, keys: CodingKeys.self)
        try container.read(.architecture, into: &architecture)
        try container.read(.training, into: &training)
        try container.read(.distillation, into: &distillation)
        try container.read(.pruning, into: &pruning)
        try container.read(.outOfFold, into: &outOfFold)
        try container.read(.score, into: &score)
        try container.read(.searchEpochs, into: &searchEpochs)
        try validate()
    }

    package func validate() throws(ErdeError) {
        try training.validate()
        try distillation?.validate()
        try pruning?.validate()
        let search = searchEpochs ?? 0
        try require(
            search >= 0 && search <= 100_000, "searchEpochs", "expected 0 to 100000, found \(search)")
        let folds = outOfFold ?? 2
        try require(2...1000 ~= folds, "outOfFold", "expected 2 to 1000 folds, found \(folds)")
    }
}
