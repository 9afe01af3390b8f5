import Diagnostics

extension ErdeError {
    /// The same error, with the option behind the key of a recipe that it is about.
    var namingOption: ErdeError {
        guard kind == .usage, let option = Self.options[subject] else { return self }
        return ErdeError(kind, "\(subject) (\(option))", problem, remedy: remedy)
    }

    /// By the recipe's key.
    private static let options = [
        "alpha": "--alpha", "batchSize": "--batch", "batches": "--importance-batches", "beta": "--beta", "cropPadding": "--crop",
        "cutoutSide": "--cutout", "epochs": "--epochs", "erasing": "--erasing", "exitWeights": "--exit-weights",
        "gamma": "--gamma", "gradientClip": "--gradient-clip", "labelSmoothing": "--label-smoothing",
        "minimumWidth": "--min-width", "mixup": "--mixup", "multiple": "--multiple", "outOfFold": "--out-of-fold",
        "peakLearningRate": "--learning-rate", "searchEpochs": "--search-epochs", "stepEpochs": "--step-epochs",
        "steps": "--prune-steps", "temperature": "--temperature", "weightDecay": "--weight-decay",
    ]
}
