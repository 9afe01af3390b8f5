package import Artifacts
import Glibc

/// How the exits of a network learn from ensembles of all of them, every choice made.
///
/// | method | ensembles | temperature | lambda | rho | ramp |
/// | --- | --- | --- | --- | --- | --- |
/// | `mate` | learned | 3 | 1 | 0.7 | 0.27 |
/// | `erde+mate` | learned | 3 | 0.5 | 0.7 | 0.27 |
/// | `eed` | uniform | 3 | 1 | any | 0 |
/// | `beed` | geometric | 3 | 1 | any | 0 |
/// | `byot` | last | 3 | 1 | any | 0 |
/// | `dks` | identity | 1 | n − 1 | 0 | 0 |
///
/// With `lambda = n − 1` and `rho = 0` every one of the n − 1 other exits weighs 1.
package struct SelfDistillation: Hashable, Sendable {
    package var ensembles: MATERecipe.Ensembles
    package var temperature: Double
    package var lambda: Double
    package var rho: Double
    package var eta: Double
    package var mu: Double
    package var rampShare: Double

    /// What a recipe comes to for a network of `exits` exits; nil where there is nothing to learn from oneself, because
    /// the method does not or because there is one exit only.
    package init?(_ recipe: DistillationRecipe, exits: Int) {
        guard exits > 1 else { return nil }
        switch recipe.method {
        case .ce, .kd, .erde: return nil
        case .mate: (ensembles, temperature, lambda, rho, rampShare) = (.learned, 3, 1, 0.7, 0.27)
        case .erdeMate: (ensembles, temperature, lambda, rho, rampShare) = (.learned, 3, 0.5, 0.7, 0.27)
        case .eed: (ensembles, temperature, lambda, rho, rampShare) = (.uniform, 3, 1, 0.7, 0)
        case .beed: (ensembles, temperature, lambda, rho, rampShare) = (.geometric, 3, 1, 0.7, 0)
        case .byot: (ensembles, temperature, lambda, rho, rampShare) = (.last, 3, 1, 0.7, 0)
        case .dks: (ensembles, temperature, lambda, rho, rampShare) = (.identity, 1, Double(exits - 1), 0, 0)
        }
        (eta, mu) = (0.1, 1)
        let wishes = recipe.mate
        ensembles = wishes.ensembles ?? ensembles
        temperature = wishes.temperature ?? temperature
        lambda = wishes.lambda ?? lambda
        rho = wishes.rho ?? rho
        eta = wishes.eta ?? eta
        mu = wishes.mu ?? mu
        rampShare = wishes.rampShare ?? rampShare
    }

    /// How much of the self-distillation counts, 0…1, after `epoch` of `epochs` epochs, in fractions.
    ///
    ///     exp( −5 (1 − min(e, R)/R)² ),    R = rampShare · epochs
    package func ramp(epoch: Double, of epochs: Int) -> Double {
        let length = rampShare * Double(epochs)
        guard length > 0 else { return 1 }
        let missing = 1 - min(epoch, length) / length
        return exp(-5 * missing * missing)
    }
}
