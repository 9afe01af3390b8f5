/// The loss of a multi-exit student; the defaults are ERDE's.
package struct DistillationRecipe: Hashable, Sendable, Codable {
    package enum Method: String, Hashable, Sendable, Codable, CaseIterable {
        /// Cross-entropy with the labels alone.
        case ce
        /// Distillation from every teacher exit, right or wrong.
        case kd
        /// Entropy-regularised distillation.
        case erde
    }

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

    package init() {}
}
