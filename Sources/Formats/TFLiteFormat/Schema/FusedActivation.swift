import Graphs

/// What an operator does to its result: `ActivationFunctionType` of TensorFlow Lite's schema.
enum FusedActivation: Int8, CaseIterable {
    case none = 0
    case relu = 1
    case reluN1To1 = 2
    case relu6 = 3
}

extension FusedActivation {
    /// The activation that computes what an operator does; nil when there is none.
    init?(_ op: Op) {
        let activations: [Op: FusedActivation] = [
            .relu: .relu, .clip(lower: -1, upper: 1): .reluN1To1, .clip(lower: 0, upper: 6): .relu6,
        ]
        guard let activation = activations[op] else { return nil }
        self = activation
    }

    /// The operator that does nothing else.
    var builtin: BuiltinOperator? {
        switch self {
        case .none: nil
        case .relu: .relu
        case .reluN1To1: .reluN1To1
        case .relu6: .relu6
        }
    }
}
