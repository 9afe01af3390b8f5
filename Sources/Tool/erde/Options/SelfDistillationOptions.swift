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

    /// All of them, each with what it sets.
    var all: [LossOption] {
        [
            LossOption("mate-ensembles", mateEnsembles, sets: .ownExits),
            LossOption("mate-temperature", mateTemperature, sets: .ownExits),
            LossOption("mate-lambda", mateLambda, sets: .ownExits),
            LossOption("mate-ramp", mateRamp, sets: .ownExits),
            LossOption("mate-rho", mateRho, sets: .differingEnsembles),
            LossOption("mate-eta", mateEta, sets: .learnedEnsembles),
            LossOption("mate-mu", mateMu, sets: .learnedEnsembles),
        ]
    }

    /// Puts the options into a recipe whose method is known.
    ///
    /// - Throws: `ErdeError` of kind `usage` for options that have no effect with the method.
    func merge(into recipe: inout DistillationRecipe) throws(ErdeError) {
        recipe.mate.ensembles = mateEnsembles ?? recipe.mate.ensembles
        recipe.mate.temperature = mateTemperature ?? recipe.mate.temperature
        recipe.mate.lambda = mateLambda ?? recipe.mate.lambda
        recipe.mate.rho = mateRho ?? recipe.mate.rho
        recipe.mate.eta = mateEta ?? recipe.mate.eta
        recipe.mate.mu = mateMu ?? recipe.mate.mu
        recipe.mate.rampShare = mateRamp ?? recipe.mate.rampShare
        for option in all { try option.requireEffect(on: recipe) }
    }
}

extension MATERecipe.Ensembles: ExpressibleByArgument {}
