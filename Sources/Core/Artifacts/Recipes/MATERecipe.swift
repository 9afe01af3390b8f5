package import Diagnostics

/// How a multi-exit network learns from ensembles of its own exits. What is nil is as the method has it; with every value
/// given, the methods `mate`, `eed`, `beed`, `byot` and `dks` are one.
package struct MATERecipe: Recipe {
    /// With which weights the exits make up each of the ensembles that teach, one ensemble per exit.
    package enum Ensembles: String, Hashable, Sendable, Codable, CaseIterable {
        /// Trained beside the network, row by row.
        case learned
        /// All exits alike.
        case uniform
        /// Each exit 1.6 times the one before it.
        case geometric
        /// The last exit alone.
        case last
        /// Each exit is an ensemble of its own.
        case identity
    }

    package var ensembles: Ensembles?
    /// Of the self-distillation; a teacher's is `DistillationRecipe.temperature`.
    package var temperature: Double?
    /// Weight of the self-distillation.
    package var lambda: Double?
    /// Share of an exit's own ensemble among its teachers, 0…1.
    package var rho: Double?
    /// Weight of what keeps a learned ensemble near its own exit.
    package var eta: Double?
    /// Weight of the loss that trains the ensembles' weights.
    package var mu: Double?
    /// Share of the epochs over which the self-distillation fades in, 0…1; 0 has it in full from the start.
    package var rampShare: Double?

    package init() {}

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case ensembles
        case temperature
        case lambda
        case rho
        case eta
        case mu
        case rampShare
    }

    /// Reads what is there; missing keys keep their defaults, unknown ones are refused.
    package init(from decoder: any Decoder) throws {
        let container = try StrictContainer(decoder, keys: CodingKeys.self)
        try container.read(.ensembles, into: &ensembles)
        try container.read(.temperature, into: &temperature)
        try container.read(.lambda, into: &lambda)
        try container.read(.rho, into: &rho)
        try container.read(.eta, into: &eta)
        try container.read(.mu, into: &mu)
        try container.read(.rampShare, into: &rampShare)
        try validate()
    }

    package func validate() throws(ErdeError) {
        for (key, weight) in [("lambda", lambda), ("eta", eta), ("mu", mu)] {
            let weight = weight ?? 0
            try require(weight >= 0 && weight.isFinite, "mate.\(key)", "expected at least 0, found \(weight)")
        }
        for (key, share) in [("rho", rho), ("rampShare", rampShare)] {
            let share = share ?? 0
            try require(0...1 ~= share, "mate.\(key)", "expected 0 to 1, found \(share)")
        }
        let temperature = temperature ?? 1
        try require(
            temperature >= 0.01 && temperature <= 1000, "mate.temperature", "expected 0.01 to 1000, found \(temperature)")
    }
}
