import Graphs

/// The options of a convolution as TensorFlow Lite's tables hold them.
struct ConvolutionOptions {
    let attributes: ConvolutionAttributes
    let padding: WindowPadding
    let activation: FusedActivation

    /// Of `CONV_2D`; groups follow from the weights' shape.
    var standard: (type: BuiltinOptions, table: FlatTable) {
        typealias Field = TFLiteFields.Conv2DOptions
        var table = FlatTable()
        table.set(Field.padding, .int8(padding.rawValue))
        table.set(Field.strideW, .int32(Int32(attributes.strides.width)))
        table.set(Field.strideH, .int32(Int32(attributes.strides.height)))
        table.set(Field.fusedActivationFunction, .int8(activation.rawValue))
        table.set(Field.dilationWFactor, .int32(Int32(attributes.dilations.width)))
        table.set(Field.dilationHFactor, .int32(Int32(attributes.dilations.height)))
        return (.conv2DOptions, table)
    }

    /// Of `DEPTHWISE_CONV_2D`.
    ///
    /// - Parameter multiplier: results of each channel.
    func depthwise(multiplier: Int) -> (type: BuiltinOptions, table: FlatTable) {
        typealias Field = TFLiteFields.DepthwiseConv2DOptions
        var table = FlatTable()
        table.set(Field.padding, .int8(padding.rawValue))
        table.set(Field.strideW, .int32(Int32(attributes.strides.width)))
        table.set(Field.strideH, .int32(Int32(attributes.strides.height)))
        table.set(Field.depthMultiplier, .int32(Int32(multiplier)))
        table.set(Field.fusedActivationFunction, .int8(activation.rawValue))
        table.set(Field.dilationWFactor, .int32(Int32(attributes.dilations.width)))
        table.set(Field.dilationHFactor, .int32(Int32(attributes.dilations.height)))
        return (.depthwiseConv2DOptions, table)
    }
}

extension ConvolutionAttributes {
    /// Whether every input channel is a group of its own.
    func isDepthwise(channels: Int) -> Bool { groups == channels && channels > 1 }
}
