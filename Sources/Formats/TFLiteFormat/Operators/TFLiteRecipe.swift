import Graphs

/// How one operator of erde's is written in TensorFlow Lite.
enum TFLiteRecipe {
    /// `CONV_2D`, or `DEPTHWISE_CONV_2D` where each group has one channel.
    case convolution(ConvolutionAttributes)
    /// `FULLY_CONNECTED`.
    ///
    /// - Parameter transposed: whether the stored matrix is `[I, O]`, not `[O, I]`.
    case fullyConnected(transposed: Bool)
    /// `MUL` and `ADD` of a scale and a shift for each channel.
    case normalization(epsilon: Double)
    /// `MAX_POOL_2D` or `AVERAGE_POOL_2D`.
    case pool(BuiltinOperator, PoolAttributes)
    /// A reduction; the operator takes the axes as a second operand.
    case reduction(BuiltinOperator, Reduction)
    /// Operators of one operand behind one another.
    case chain([Step])
    /// The error function, by parts.
    case errorFunction
    /// An operator of two operands, broadcast.
    case binary(BuiltinOperator)
    case pad(Padding)
    /// Rows and columns, or channels, cut out with `SLICE`.
    case crop(Padding)
    case channels(start: Int, count: Int)
    case concatenation
    case reshape
    case transpose([Int])
    case quantize(Quantization)
    /// Written where floats are read.
    case dequantize(Quantization)
    /// The result is the operand.
    case alias
    /// TensorFlow Lite has it not; with the reason.
    case refused(String)

    /// An operator of one operand, or of one and a number.
    struct Step {
        let code: BuiltinOperator
        var number: Float?
    }
}
