import ArgumentParser
import Artifacts
import Diagnostics

/// Options of how exits learn from ensembles of all exits; each replaces the recipe's value, which is the method's own where
/// nothing is said.
struct SelfDistillationOptions: ParsableArguments {
    @Option(help: "How the exits make up the ensembles that teach; this and what follows is by default as the method has it.")
    var mateEnsembles: MATERecipe.Ensembles?

    @Option(help: "Temperature of the self-distillation.")
    var mateTemperature: Double?

    @Option(help: "Weight of the self-distillation.")
    var mateLambda: Double?

    @Option(help: "Share of an exit's own ensemble among its teachers, 0 to 1.")
    var mateRho: Double?

    @Option(help: "Weight of what keeps a learned ensemble near its own exit.")
    var mateEta: Double?

    @Option(help: "Weight of the loss that trains the ensembles' weights.")
    var mateMu: Double?

    @Option(help: "Share of the epochs over which the self-distillation fades in.")
    var mateRamp: Double?

    /// Puts the options into a recipe whose method is known.
    ///
    /// - Throws: `ErdeError` of kind `usage` for values that cannot be, and for options that the method has no use for.
    func merge(into recipe: inout DistillationRecipe) throws(ErdeError) {
        let before = recipe.mate
        recipe.mate.ensembles = mateEnsembles ?? before.ensembles
        recipe.mate.temperature = mateTemperature ?? before.temperature
        recipe.mate.lambda = mateLambda ?? before.lambda
        recipe.mate.rho = mateRho ?? before.rho
        recipe.mate.eta = mateEta ?? before.eta
        recipe.mate.mu = mateMu ?? before.mu
        recipe.mate.rampShare = mateRamp ?? before.rampShare
        if recipe.mate != before, !recipe.method.learnsFromItself {
            throw ErdeError(
                .usage, "--mate-…", "\(recipe.method.rawValue) does not learn from its own exits",
                remedy: "choose --method mate, or leave these options out")
        }
    }
}

extension MATERecipe.Ensembles: ExpressibleByArgument {}
