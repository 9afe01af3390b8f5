import ArgumentParser
import Artifacts
import Diagnostics

/// Options of the student's loss; each replaces the recipe's value.
struct DistillationOptions: ParsableArguments {
    @Option(help: "The student's loss: erde, kd or ce.")
    var method: DistillationRecipe.Method?

    @Option(help: "Weight of the cross-entropy.")
    var alpha: Double?

    @Option(help: "Weight of the distillation.")
    var beta: Double?

    @Option(help: "Weight of the entropy term.")
    var gamma: Double?

    @Option(help: "Temperature of the distillation.")
    var temperature: Double?

    @Option(help: "When the teacher counts as wrong: perExit, final or either.")
    var wrongRule: DistillationRecipe.WrongRule?

    @Option(help: "Which teacher exit a student exit learns from: nearest or final.")
    var teacherExit: DistillationRecipe.TeacherExit?

    @Option(help: "The entropy term: klToUniform, klFromUniform or normalized.")
    var entropyForm: DistillationRecipe.EntropyForm?

    @Flag(help: "Keep the distillation where the teacher is wrong.")
    var keepDistillationWhereWrong = false

    @Flag(help: "Drop the cross-entropy where the teacher is wrong.")
    var dropCrossEntropyWhereWrong = false

    @Flag(help: "Give the last exit the entropy term too.")
    var entropyAtLastExit = false

    /// Puts the options into a recipe.
    func merge(into recipe: inout DistillationRecipe) throws(ErdeError) {
        recipe.method = method ?? recipe.method
        recipe.alpha = alpha ?? recipe.alpha
        recipe.beta = beta ?? recipe.beta
        recipe.gamma = gamma ?? recipe.gamma
        recipe.temperature = temperature ?? recipe.temperature
        recipe.wrongRule = wrongRule ?? recipe.wrongRule
        recipe.teacherExit = teacherExit ?? recipe.teacherExit
        recipe.entropyForm = entropyForm ?? recipe.entropyForm
        if keepDistillationWhereWrong { recipe.keepsDistillationWhereWrong = true }
        if dropCrossEntropyWhereWrong { recipe.keepsCrossEntropyWhereWrong = false }
        if entropyAtLastExit { recipe.entropyAtLastExit = true }
        try recipe.validate()
    }
}

extension DistillationRecipe.Method: ExpressibleByArgument {}
extension DistillationRecipe.WrongRule: ExpressibleByArgument {}
extension DistillationRecipe.TeacherExit: ExpressibleByArgument {}
extension DistillationRecipe.EntropyForm: ExpressibleByArgument {}
