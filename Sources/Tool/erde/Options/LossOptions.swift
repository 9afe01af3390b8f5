import ArgumentParser
import Artifacts
import Diagnostics

/// Options of a loss without a teacher; each replaces the recipe's value.
struct LossOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What the exits learn from: labels alone (ce), or each other too (the rest); ce by default.",
            valueName: "method"))
    var method: SoloMethod?

    @Option(help: ArgumentHelp("One weight per exit, separated by commas; 1 by default.", valueName: "weights"))
    var exitWeights: ExitWeights?

    @OptionGroup var selfDistillation: SelfDistillationOptions

    /// The recipe's loss with these options in it, checked; cross-entropy if the recipe says nothing.
    ///
    /// - Throws: `ErdeError` of kind `usage`, also for a method that learns from a teacher.
    func merged(_ recipe: DistillationRecipe?) throws(ErdeError) -> DistillationRecipe {
        var loss = recipe ?? DistillationRecipe()
        if recipe == nil { loss.method = .ce }
        loss.method = method?.method ?? loss.method
        loss.exitWeights = exitWeights?.weights ?? loss.exitWeights
        guard !loss.method.learnsFromTeacher else {
            let choices = DistillationRecipe.Method.withoutTeacher.map(\.rawValue).joined(separator: ", ")
            throw ErdeError(
                .usage, "--method", "\(loss.method.rawValue) learns from a teacher, and train has none",
                remedy: "choose \(choices) with --method, or use erde compress")
        }
        try selfDistillation.merge(into: &loss)
        try loss.validate()
        return loss
    }
}
