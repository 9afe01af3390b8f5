package import Diagnostics

/// The loss of a multi-exit network; the defaults are ERDE's.
package struct DistillationRecipe: Recipe {
    /// When the teacher counts as wrong on an image.
    package enum WrongRule: String, Hashable, Sendable, Codable, CaseIterable {
        /// The teacher exit that this student exit learns from is wrong.
        case perExit
        /// The teacher's last exit is wrong.
        case final
        /// Either of the two is wrong.
        case either
    }

    /// Which teacher exit a student exit learns from.
    package enum TeacherExit: String, Hashable, Sendable, Codable, CaseIterable {
        /// The one at the nearest relative depth, last to last.
        case nearest
        /// The last.
        case final
    }

    package enum EntropyForm: String, Hashable, Sendable, Codable, CaseIterable {
        /// `ln K − H(p) = KL(p ‖ uniform)`
        case klToUniform
        /// `KL(uniform ‖ p)`
        case klFromUniform
        /// `1 − H(p) / ln K`
        case normalized
    }

    /// What predictions for training images by teachers that have not seen them are used for.
    package enum OutOfFold: String, Hashable, Sendable, Codable, CaseIterable {
        /// Nothing.
        case ignored
        /// They decide where the teacher is wrong.
        case mask
        /// They decide that, and the student imitates them in the teacher's place.
        case all
    }

    package var method = Method.erde
    /// Weight of the cross-entropy.
    package var alpha = 1.0
    /// Weight of the distillation term.
    package var beta = 1.0
    /// Weight of the entropy term.
    package var gamma = 0.5
    package var temperature = 3.0
    /// One weight per exit; nil weighs all 1.
    package var exitWeights: [Double]?
    package var teacherExit = TeacherExit.nearest
    package var wrongRule = WrongRule.perExit
    /// Whether the distillation term stays where the teacher is wrong.
    package var keepsDistillationWhereWrong = false
    /// Whether the cross-entropy stays where the teacher is wrong.
    package var keepsCrossEntropyWhereWrong = true
    /// Whether the last exit has the entropy term too.
    package var entropyAtLastExit = false
    package var entropyForm = EntropyForm.klToUniform
    package var outOfFold = OutOfFold.ignored
    /// How the network learns from its own exits, with the methods that do.
    package var mate = MATERecipe()

    package init() {}

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case method
        case alpha
        case beta
        case gamma
        case temperature
        case exitWeights
        case teacherExit
        case wrongRule
        case keepsDistillationWhereWrong
        case keepsCrossEntropyWhereWrong
        case entropyAtLastExit
        case entropyForm
        case outOfFold
        case mate
    }

    /// Reads what is there; missing keys keep their defaults, unknown ones are refused.
    package init(from decoder: any Decoder) throws {
        let container = try StrictContainer(decoder, keys: CodingKeys.self)
        try container.read(.method, into: &method)
        try container.read(.alpha, into: &alpha)
        try container.read(.beta, into: &beta)
        try container.read(.gamma, into: &gamma)
        try container.read(.temperature, into: &temperature)
        try container.read(.exitWeights, into: &exitWeights)
        try container.read(.teacherExit, into: &teacherExit)
        try container.read(.wrongRule, into: &wrongRule)
        try container.read(.keepsDistillationWhereWrong, into: &keepsDistillationWhereWrong)
        try container.read(.keepsCrossEntropyWhereWrong, into: &keepsCrossEntropyWhereWrong)
        try container.read(.entropyAtLastExit, into: &entropyAtLastExit)
        try container.read(.entropyForm, into: &entropyForm)
        try container.read(.outOfFold, into: &outOfFold)
        try container.read(.mate, into: &mate)
        try validate()
    }

    package func validate() throws(ErdeError) {
        for (key, weight) in [("alpha", alpha), ("beta", beta), ("gamma", gamma)] {
            try require(weight >= 0 && weight.isFinite, key, "expected at least 0, found \(weight)")
        }
        try require(
            temperature >= 0.01 && temperature <= 1000, "temperature", "expected 0.01 to 1000, found \(temperature)")
        let weights = exitWeights ?? [1]
        try require(
            weights.allSatisfy { $0 >= 0 && $0.isFinite } && weights.contains { $0 > 0 }, "exitWeights",
            "expected weights of at least 0, not all 0, found \(weights)")
        try mate.validate()
    }
}

extension DistillationRecipe {
    /// What out-of-fold predictions are used for by this method: a mask takes a method that masks, and only a method with a
    /// teacher has one to replace.
    package var effectiveOutOfFold: OutOfFold {
        switch outOfFold {
        case .ignored: .ignored
        case .mask: method.isEntropyRegularized ? .mask : .ignored
        case .all: method.learnsFromTeacher ? .all : .ignored
        }
    }
}
