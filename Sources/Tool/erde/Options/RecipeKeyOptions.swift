import Diagnostics

extension ErdeError {
    /// The same error, with the option behind the key of a recipe that it is about.
    var namingOption: ErdeError {
        guard kind == .usage, let option = Self.options[subject] else { return self }
        return naming(option)
    }

    /// The same error, with an option behind its subject, the key of a recipe, and in place of it in the remedy.
    func naming(_ option: String) -> ErdeError {
        ErdeError(
            kind, "\(subject) (\(option))", problem, remedy: remedy == "change \(subject)" ? "change \(option)" : remedy,
            details: details)
    }

    /// By the recipe's key.
    private static let options = [
        "alpha": "--alpha", "batchSize": "--batch", "batches": "--importance-batches", "beta": "--beta", "cropPadding": "--crop",
        "cutoutSide": "--cutout", "epochs": "--epochs", "erasing": "--erasing", "exitWeights": "--exit-weights",
        "budgets": "--budgets", "gamma": "--gamma", "gradientClip": "--gradient-clip", "images": "--calibration-images",
        "labelSmoothing": "--label-smoothing", "mate.eta": "--mate-eta", "mate.lambda": "--mate-lambda",
        "mate.mu": "--mate-mu", "mate.rampShare": "--mate-ramp", "mate.rho": "--mate-rho",
        "mate.temperature": "--mate-temperature", "maxDrop": "--max-drop", "maxMACs": "--max-macs",
        "minimumWidth": "--min-width", "mixup": "--mixup", "multiple": "--multiple", "outOfFold": "--out-of-fold",
        "peakLearningRate": "--learning-rate", "searchEpochs": "--search-epochs", "stepEpochs": "--step-epochs",
        "prunedMACs": "--prune-to", "steps": "--prune-steps", "targetMACs": "--target-macs", "temperature": "--temperature",
        "trainingEpochs": "--qat-epochs", "weightBits": "--weight-bits", "weightDecay": "--weight-decay",
    ]
}
