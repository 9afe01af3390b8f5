/// A graph as TensorFlow Lite holds it: tensors, and operators in the order in which they run.
struct TFLiteGraph {
    /// A tensor that a caller knows by name.
    struct Port {
        let name: String
        let tensor: Int
    }

    let name: String
    var tensors: [TFLiteTensor] = []
    var operators: [TFLiteOperator] = []
    var inputs: [Port] = []
    var outputs: [Port] = []
}
