import Tensors

/// How one operator is written for ncnn.
enum NCNNOperator {
    /// Layers of which each reads operands or earlier ones; the last one's result is the operator's.
    case layers([NCNNStep])
    /// The result is the first operand.
    case alias
    /// ncnn has it not; with the reason.
    case refused(String)

    static func layer(
        _ type: String, _ parameters: [NCNNParameter] = [], weights: [NCNNWeight] = []
    ) -> NCNNOperator {
        .layers([NCNNStep(type, [.operand(0)], parameters, weights: weights)])
    }
}

/// One layer before its blobs have names.
struct NCNNStep {
    /// What a layer reads.
    enum Source {
        /// A computed operand of the operator.
        case operand(Int)
        /// A stored tensor: floats under a name, in the shape of a blob.
        case stored(name: String, floats: [Float], NCNNShape)
        /// A tensor made for this operator: floats under the name of its result and this suffix.
        case made(suffix: String, floats: [Float], NCNNShape)
        /// The result of an earlier step of the operator.
        case step(Int)
    }

    let type: String
    let sources: [Source]
    let parameters: [NCNNParameter]
    let weights: [NCNNWeight]

    init(_ type: String, _ sources: [Source], _ parameters: [NCNNParameter] = [], weights: [NCNNWeight] = []) {
        self.type = type
        self.sources = sources
        self.parameters = parameters
        self.weights = weights
    }
}
