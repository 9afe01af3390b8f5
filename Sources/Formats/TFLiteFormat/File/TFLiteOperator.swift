/// An operator of a TensorFlow Lite graph.
struct TFLiteOperator {
    let code: BuiltinOperator
    /// The least version of the operator that computes this.
    let version: Int32
    let options: (type: BuiltinOptions, table: FlatTable)?
    /// Indices of tensors; −1 for an operand that is left out.
    let inputs: [Int]
    let outputs: [Int]
}
