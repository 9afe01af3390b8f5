import Graphs

/// What a name of an ONNX graph stands for while the graph is lowered.
enum Binding {
    /// Something that a run computes.
    case value(Value)
    /// Something known already.
    case constant(ConstantTensor)
    /// Something that could not be made, for a reason that has been noted.
    case failed
}
