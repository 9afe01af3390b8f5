import Artifacts
import Losses

/// What an option of a loss is about. On a loss without that part the option has no effect; `docs/methods.md` has the formulas.
enum LossPart {
    /// The cross-entropy with the labels, and the sum over the exits: every loss has them.
    case labels
    /// The distillation from a teacher.
    case teacher
    /// What tells where the teacher is wrong, and makes exits unsure there.
    case wrongTeacher
    /// The distillation from ensembles of the network's own exits.
    case ownExits
    /// Ensembles that differ from exit to exit.
    case differingEnsembles
    /// Ensembles whose weights are learned.
    case learnedEnsembles

    /// Why a loss does not have the part, and what to do about it; nil where it has.
    func absence(from loss: DistillationRecipe) -> (problem: String, remedy: String)? {
        let method = loss.method
        switch self {
        case .labels:
            return nil
        case .teacher:
            guard !method.learnsFromTeacher else { return nil }
            return (
                "\(method.rawValue) does not learn from a teacher",
                method.learnsFromItself ? "use the options --mate-…" : "choose --method kd or erde"
            )
        case .wrongTeacher:
            guard !method.isEntropyRegularized else { return nil }
            return ("\(method.rawValue) does not ask where a teacher is wrong", "choose --method erde")
        case .ownExits:
            guard !method.learnsFromItself else { return nil }
            return ("\(method.rawValue) does not learn from its own exits", "choose --method mate")
        case .differingEnsembles, .learnedEnsembles:
            // They do not depend on how many exits there are.
            guard let ensembles = SelfDistillation(loss, exits: 2)?.ensembles else {
                return LossPart.ownExits.absence(from: loss)
            }
            guard !has(ensembles) else { return nil }
            let which = self == .learnedEnsembles ? "does not learn its ensembles" : "has the same ensemble for every exit"
            return ("\(method.rawValue) \(which) (\(ensembles.rawValue))", "choose --mate-ensembles learned")
        }
    }

    /// Whether ensembles are of the kind that this part is.
    private func has(_ ensembles: MATERecipe.Ensembles) -> Bool {
        switch ensembles {
        case .learned: true
        case .identity: self == .differingEnsembles
        case .uniform, .geometric, .last: false
        }
    }
}
