import Graphs

/// What a convolution or fully connected layer of ncnn can do with its result before it is stored.
enum NCNNActivation: Hashable {
    case relu
    case clip(lower: Double, upper: Double)

    /// nil for an operator that stays a layer of its own.
    init?(_ op: Op) {
        switch op {
        case .relu: self = .relu
        case .clip(let lower, let upper) where lower.isFinite && upper.isFinite: self = .clip(lower: lower, upper: upper)
        default: return nil
        }
    }

    /// The activation as a layer of its own.
    func layer(of source: NCNNStep.Source) -> NCNNStep {
        switch self {
        case .relu: NCNNStep("ReLU", [source])
        case .clip(let lower, let upper): NCNNStep("Clip", [source], [.float(0, lower), .float(1, upper)])
        }
    }

    /// The keys 9 and 10.
    var parameters: [NCNNParameter] {
        switch self {
        case .relu: [.integer(9, 1)]
        case .clip(let lower, let upper): [.integer(9, 3), .floats(10, [lower, upper])]
        }
    }
}
