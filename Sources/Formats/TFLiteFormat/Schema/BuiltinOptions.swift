/// TensorFlow Lite's numbers of the tables that hold an operator's options: `BuiltinOptions` of its schema, in lower case.
///
/// Operators whose table has no fields are written without one.
enum BuiltinOptions: Int8, CaseIterable {
    case conv2DOptions = 1
    case depthwiseConv2DOptions = 2
    case pool2DOptions = 5
    case fullyConnectedOptions = 8
    case concatenationOptions = 10
    case addOptions = 11
    case mulOptions = 21
    case reducerOptions = 27
    case subOptions = 28
    case divOptions = 29
}
