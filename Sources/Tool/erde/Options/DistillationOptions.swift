import ArgumentParser
import Artifacts
import Diagnostics

private let defaults = DistillationRecipe()

/// Options of the student's loss; each replaces the recipe's value.
struct DistillationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What the student learns from beside labels: the teacher (erde, kd), its own exits (mate, eed, beed, byot, dks), "
                + "both (erde+mate) or nothing (ce); \(defaults.method.rawValue) by default.", valueName: "method"))
    var method: DistillationRecipe.Method?

    @Option(help: "Weight of the cross-entropy; \(defaults.alpha) by default.")
    var alpha: Double?

    @Option(help: "Weight of the distillation; \(defaults.beta) by default.")
    var beta: Double?

    @Option(help: "Weight of the entropy term; \(defaults.gamma) by default.")
    var gamma: Double?

    @Option(help: "Temperature of the distillation; \(defaults.temperature) by default.")
    var temperature: Double?

    @Option(help: ArgumentHelp("One weight per exit, separated by commas; 1 by default.", valueName: "weights"))
    var exitWeights: ExitWeights?

    @Option(
        help: "When the teacher counts as wrong: perExit, final or either; \(defaults.wrongRule.rawValue) by default.")
    var wrongRule: DistillationRecipe.WrongRule?

    @Option(
        help: "Which teacher exit a student exit learns from: nearest or final; \(defaults.teacherExit.rawValue) by default.")
    var teacherExit: DistillationRecipe.TeacherExit?

    @Option(
        help: "The entropy term: klToUniform, klFromUniform or normalized; \(defaults.entropyForm.rawValue) by default.")
    var entropyForm: DistillationRecipe.EntropyForm?

    @Flag(
        inversion: .prefixedNo,
        help: "Keep the distillation where the teacher is wrong; \(defaultText(defaults.keepsDistillationWhereWrong)).")
    var keepDistillationWhereWrong: Bool?

    @Flag(
        inversion: .prefixedNo,
        help: "Keep the cross-entropy where the teacher is wrong; \(defaultText(defaults.keepsCrossEntropyWhereWrong)).")
    var keepCrossEntropyWhereWrong: Bool?

    @Flag(inversion: .prefixedNo, help: "Give the last exit the entropy term too; \(defaultText(defaults.entropyAtLastExit)).")
    var entropyAtLastExit: Bool?

    @Option(
        help: """
            What the teacher's out-of-fold predictions (train --out-of-fold) are used for; \(defaults.outOfFold.rawValue) by \
            default.
            """)
    var outOfFold: DistillationRecipe.OutOfFold?

    @OptionGroup var selfDistillation: SelfDistillationOptions

    /// Those of a loss with a teacher, each with what it sets.
    private var own: [LossOption] {
        [
            LossOption("alpha", alpha, sets: .labels),
            LossOption("exit-weights", exitWeights, sets: .labels),
            LossOption("beta", beta, sets: .teacher),
            LossOption("temperature", temperature, sets: .teacher),
            LossOption("teacher-exit", teacherExit, sets: .teacher),
            LossOption("gamma", gamma, sets: .wrongTeacher),
            LossOption("wrong-rule", wrongRule, sets: .wrongTeacher),
            LossOption("entropy-form", entropyForm, sets: .wrongTeacher),
            LossOption(flag: "keep-distillation-where-wrong", keepDistillationWhereWrong, sets: .wrongTeacher),
            LossOption(flag: "keep-cross-entropy-where-wrong", keepCrossEntropyWhereWrong, sets: .wrongTeacher),
            LossOption(flag: "entropy-at-last-exit", entropyAtLastExit, sets: .wrongTeacher),
        ]
    }

    /// The names of those that are given, the method's first.
    var given: [String] {
        var names = (own + selfDistillation.all).filter(\.isGiven).map(\.name)
        if outOfFold != nil { names.insert("--out-of-fold", at: 0) }
        if method != nil { names.insert("--method", at: 0) }
        return names
    }

    /// The recipe's loss with these options in it, checked; ERDE if the recipe says nothing. What comes from the recipe alone and
    /// has no effect with the method stays as it is.
    ///
    /// - Throws: `ErdeError` of kind `usage` for values that cannot be, and for options that have no effect with the method.
    func merged(_ recipe: DistillationRecipe?) throws(ErdeError) -> DistillationRecipe {
        var loss = recipe ?? DistillationRecipe()
        loss.method = method ?? loss.method
        loss.alpha = alpha ?? loss.alpha
        loss.beta = beta ?? loss.beta
        loss.gamma = gamma ?? loss.gamma
        loss.temperature = temperature ?? loss.temperature
        loss.exitWeights = exitWeights?.weights ?? loss.exitWeights
        loss.wrongRule = wrongRule ?? loss.wrongRule
        loss.teacherExit = teacherExit ?? loss.teacherExit
        loss.entropyForm = entropyForm ?? loss.entropyForm
        loss.keepsDistillationWhereWrong = keepDistillationWhereWrong ?? loss.keepsDistillationWhereWrong
        loss.keepsCrossEntropyWhereWrong = keepCrossEntropyWhereWrong ?? loss.keepsCrossEntropyWhereWrong
        loss.entropyAtLastExit = entropyAtLastExit ?? loss.entropyAtLastExit
        loss.outOfFold = outOfFold ?? loss.outOfFold
        if let outOfFold, loss.effectiveOutOfFold != outOfFold {
            throw ErdeError(
                .usage, "--out-of-fold", "\(loss.method.rawValue) has no use for \(outOfFold.rawValue)",
                remedy: "choose --method erde, or leave this option out")
        }
        try selfDistillation.merge(into: &loss)
        for option in own { try option.requireEffect(on: loss) }
        try loss.validate()
        return loss
    }
}

extension DistillationRecipe.Method: ExpressibleByArgument {}
extension DistillationRecipe.WrongRule: ExpressibleByArgument {}
extension DistillationRecipe.TeacherExit: ExpressibleByArgument {}
extension DistillationRecipe.EntropyForm: ExpressibleByArgument {}
extension DistillationRecipe.OutOfFold: ExpressibleByArgument {}
