extension DistillationRecipe {
    /// Which loss a multi-exit network learns with.
    package enum Method: String, Hashable, Sendable, Codable, CaseIterable {
        /// Cross-entropy with the labels alone.
        case ce
        /// Distillation from every teacher exit, right or wrong.
        case kd
        /// Entropy-regularised distillation.
        case erde
        /// Self-distillation from ensembles of all exits with learned weights (Sun et al., 2024).
        case mate
        /// ERDE, and self-distillation beside it.
        case erdeMate = "erde+mate"
        /// Self-distillation from the mean of all exits: exit-ensemble distillation (Lee and Lee, 2021).
        case eed
        /// Self-distillation from an ensemble in which deeper exits weigh more (BEED, 2022).
        case beed
        /// Self-distillation from the last exit: the logits part of Be Your Own Teacher (Zhang et al., 2019).
        case byot
        /// Every exit learns from every other one: deeply-supervised knowledge synergy (Sun et al., 2019).
        case dks
    }
}

extension DistillationRecipe.Method {
    /// Whether a trained teacher is run beside the network.
    package var learnsFromTeacher: Bool {
        switch self {
        case .kd, .erde, .erdeMate: true
        case .ce, .mate, .eed, .beed, .byot, .dks: false
        }
    }

    /// Whether exits are made unsure where the teacher is wrong.
    package var isEntropyRegularized: Bool {
        switch self {
        case .erde, .erdeMate: true
        case .ce, .kd, .mate, .eed, .beed, .byot, .dks: false
        }
    }

    /// Whether exits learn from ensembles of the network's own exits.
    package var learnsFromItself: Bool {
        switch self {
        case .mate, .erdeMate, .eed, .beed, .byot, .dks: true
        case .ce, .kd, .erde: false
        }
    }

    /// The methods that a network can be trained with alone.
    package static var withoutTeacher: [DistillationRecipe.Method] { allCases.filter { !$0.learnsFromTeacher } }
}
