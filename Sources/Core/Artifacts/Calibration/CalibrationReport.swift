/// What a calibrated model can do at every budget, how it was measured, and what it is measured against.
///
/// Thresholds, temperatures and choices are fitted on the calibration split; every `test…` value is measured on the test
/// split with them.
package struct CalibrationReport: Hashable, Sendable, Codable {
    /// Version of this type as written into files.
    package var formatVersion = 1
    /// Version of erde that made the report.
    package var version: String
    /// The calibrated model, as its reader knows it: a file name.
    package var modelName: String
    package var classNames: [String]
    /// What the gates compare with the thresholds.
    package var score: GateScore
    /// MACs of one image that leaves at each exit of the model.
    package var cumulativeMACs: [Int]
    /// The budget the model was made for; nil where that is not known, or no thresholds are fitted for it.
    package var targetMACs: Double?
    package var dataset: DatasetSummary
    package var models: [ModelSummary] = []
    /// By ascending budget.
    package var budgets: [BudgetResult] = []
    package var curves: [AccuracyCurve] = []
    package var exits: [ExitCalibration] = []
    /// On the test split at the budget that is shown.
    package var confusion: ConfusionMatrix?
    package var examples: [ExitExample] = []
    /// Share of augmented training images that each exit of the teacher gets wrong, 0…1; with out-of-fold predictions,
    /// share of the training images that these get wrong.
    package var teacherTrainingErrorPerExit: [Double]?
    /// Students that were considered, the chosen one among them.
    package var candidates: [StudentCandidate] = []
    /// Why the chosen candidate won.
    package var candidateChoice: String?
    package var provenance: Provenance?
    /// What the reader should know before trusting the figures.
    package var warnings: [String] = []

    package init(
        version: String = erdeVersion, modelName: String, classNames: [String], score: GateScore, cumulativeMACs: [Int],
        targetMACs: Double?, dataset: DatasetSummary
    ) {
        self.version = version
        self.modelName = modelName
        self.classNames = classNames
        self.score = score
        self.cumulativeMACs = cumulativeMACs
        self.targetMACs = targetMACs
        self.dataset = dataset
    }

    /// The result at the target budget, or at the nearest one to it; nil without a target.
    package var target: BudgetResult? {
        guard let targetMACs else { return nil }
        return budgets.min { abs($0.budgetMACs - targetMACs) < abs($1.budgetMACs - targetMACs) }
    }

    /// The result that examples and everything else that is of one budget belong to: at the target or, without one, at the
    /// largest budget.
    package var shown: BudgetResult? { target ?? budgets.last }

    /// What the budget of `shown` is called.
    package var shownName: String { targetMACs == nil ? "the largest budget" : "the target budget" }

    /// The mean MACs on test images that no budget above buys more than: the last budgets all have the same thresholds, since by
    /// the calibration images no others that spend more can be expected to do better. Nil where the largest budget buys
    /// something of its own.
    package var saturation: Double? {
        guard let last = budgets.last, budgets.dropLast().contains(where: { $0.thresholds == last.thresholds })
        else { return nil }
        return last.testMeanMACs.value
    }
}
