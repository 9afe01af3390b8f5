import Artifacts

/// The words of the page, for somebody who has not met them.
func glossarySection(_ report: CalibrationReport) -> Markup? {
    let scoreText =
        switch report.score {
        case .entropy:
            "How unsure an answer is: the entropy H(p) = −Σ p ln p of the predicted probabilities, 0 when all lies on one class, "
                + "\(decimalText(logarithm(report.classNames.count), decimals: 2)) nats when \(report.classNames.count) classes are equally likely."
        case .normalizedEntropy:
            "How unsure an answer is: the entropy of the predicted probabilities divided by its largest value, 0 to 1."
        case .oneMinusMaximum: "How unsure an answer is: one minus the largest predicted probability."
        }
    let terms: [(String, String)] = [
        (
            "MAC",
            "One multiply-add of a convolution or a fully connected layer, the unit of compute here. Leaving at an exit costs the network up to there and every exit head on the way."
        ),
        ("Exit", "A place in the network where it can answer. Easy images leave at an early one and save the rest of the work."),
        ("Score", scoreText),
        (
            "Threshold",
            "An image leaves where its score is below the exit’s threshold. Thresholds are chosen for the most right answers to be expected within a budget, given how often answers with such a score are right on the calibration images."
        ),
        (
            "Budget",
            "The mean MACs an image may cost on the calibration split. New images differ, so the mean on test does too; the interval says by how much chance alone moves it."
        ),
        (
            "95 % interval",
            "From resampling the test images with replacement (bootstrap, percentiles 2.5 and 97.5); exact (Clopper and Pearson) where all or none are right."
        ),
        (
            "Oracle",
            "A gate that knows the right answers: each image leaves at its cheapest correct exit. No real gate can do better at the same budget."
        ),
        (
            "Calibration error",
            "Expected calibration error: how far confidence and accuracy lie apart on average, over 15 bins of equal width."
        ),
        (
            "Temperature",
            "A number that divides an exit’s logits so that its probabilities fit best; above 1 means the exit was too sure of itself."
        ),
        (
            "AUROC",
            "The chance that a right answer has a surer score than a wrong one: 1 separates them perfectly, 0.5 is a coin toss."
        ),
        (
            "Calibration and test split",
            "Images held out of training. Everything is fitted on the first and measured on the second."
        ),
    ]
    return """
        <section><details open><summary>Terms</summary><dl class="glossary">\
        \(terms.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>\n" as Markup })</dl></details></section>

        """
}

/// Where model and data come from.
func provenanceSection(_ report: CalibrationReport) -> Markup? {
    var facts: [(String, String)] = []
    func add(_ name: String, _ value: String?) {
        if let value, !value.isEmpty { facts.append((name, value)) }
    }
    add("dataset", report.dataset.path ?? report.provenance?.datasetPath)
    add("dataset fingerprint", report.dataset.fingerprint ?? report.provenance?.datasetFingerprint)
    add("training images", report.dataset.trainImages.map(groupedText))
    add("calibration images", groupedText(report.dataset.calibrationImages))
    add("test images", groupedText(report.dataset.testImages))
    if let provenance = report.provenance {
        add("made from the file with SHA-256", provenance.parentHash)
        add("training", provenance.trainingText)
        add("model written by", "erde \(provenance.version)")
    }
    return """
        <section><h2>Origin</h2><dl class="facts">\(facts.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>\n" as Markup })</dl></section>

        """
}
