package import Diagnostics

/// All options of a training or compression run, as `--recipe` reads them and every result keeps them beside it.
package struct RunRecipe: Recipe {
    /// The network to train, in the form that `--arch` and `--student` take; nil leaves it to the command.
    package var architecture: String?
    package var training = TrainingRecipe()
    /// The loss; nil is the command's own: cross-entropy for a network alone, ERDE for a student.
    package var distillation: DistillationRecipe?
    /// Mean MACs that an image may cost; nil where there is no such target.
    package var targetMACs: Double?
    /// The most MACs that any image may cost; nil sets no bound but the teacher's own.
    package var maxMACs: Double?
    /// Mean MACs that thresholds are fitted for; nil takes the target and some around it.
    package var budgets: [Double]?
    /// How channels are removed; nil where none are.
    package var pruning: PruningRecipe?
    /// MACs of the whole network after pruning; nil leaves it to the command.
    package var prunedMACs: Double?
    /// How the network is turned to bytes in the end; nil where it stays in float.
    package var quantization: QuantizationRecipe?
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
        case targetMACs
        case maxMACs
        case budgets
        case pruning
        case prunedMACs
        case quantization
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
        try container.read(.targetMACs, into: &targetMACs)
        try container.read(.maxMACs, into: &maxMACs)
        try container.read(.budgets, into: &budgets)
        try container.read(.pruning, into: &pruning)
        try container.read(.prunedMACs, into: &prunedMACs)
        try container.read(.quantization, into: &quantization)
        try container.read(.outOfFold, into: &outOfFold)
        try container.read(.score, into: &score)
        try container.read(.searchEpochs, into: &searchEpochs)
        try validate()
    }

    package func validate() throws(ErdeError) {
        try training.validate()
        try distillation?.validate()
        try pruning?.validate()
        try quantization?.validate()
        try requireMACs("targetMACs", targetMACs)
        try requireMACs("maxMACs", maxMACs)
        try requireMACs("prunedMACs", prunedMACs)
        for budget in budgets ?? [] { try requireMACs("budgets", budget) }
        let search = searchEpochs ?? 0
        try require(
            search >= 0 && search <= 100_000, "searchEpochs", "expected 0 to 100000, found \(search)")
        let folds = outOfFold ?? 2
        try require(2...1000 ~= folds, "outOfFold", "expected 2 to 1000 folds, found \(folds)")
    }

    private func requireMACs(_ key: String, _ macs: Double?) throws(ErdeError) {
        guard let macs else { return }
        try require(macs > 0 && macs.isFinite, key, "expected more than 0 MACs, found \(macs)")
    }
}
