import Graphs
import Tensors

extension TFLiteWriter {
    /// Maxima never see padding; averages leave it out of the divisor unless it counts, and then it is written out.
    mutating func pool(
        _ node: Node, _ code: BuiltinOperator, _ attributes: PoolAttributes, _ operand: Int, _ output: Int
    ) {
        let name = graph.name(of: node.outputs[0])
        let image = graph.shape(of: node.inputs[0])
        let countsPadding = code == .averagePool2D && attributes.countsPadding && attributes.padding != .none
        let (input, padding) = padded(
            operand, node, attributes.padding, kernel: attributes.kernel,
            strides: attributes.strides, dilations: Extent(1), outside: code == .maxPool2D ? -.infinity : nil,
            always: countsPadding)
        typealias Field = TFLiteFields.Pool2DOptions
        var table = FlatTable()
        table.set(Field.padding, .int8(padding.rawValue))
        table.set(Field.strideW, .int32(Int32(attributes.strides.width)))
        table.set(Field.strideH, .int32(Int32(attributes.strides.height)))
        table.set(Field.filterWidth, .int32(Int32(attributes.kernel.width)))
        table.set(Field.filterHeight, .int32(Int32(attributes.kernel.height)))
        table.set(Field.fusedActivationFunction, .int8(FusedActivation.none.rawValue))
        let wasPadded = shape(of: input) != [image[0], image[2], image[3], image[1]]
        guard code == .averagePool2D, wasPadded, !attributes.countsPadding else {
            append(code, version: version(for: input), [input], output, options: (.pool2DOptions, table))
            return
        }
        // Zeros were written around the image and divided by as well.
        let planes = graph.shape(of: node.outputs[0])
        let averages = tensor(name + "_with_padding", [1, planes[2], planes[3], planes[1]])
        append(code, [input], averages, options: (.pool2DOptions, table))
        let corrections = attributes.sharesOfPixels(image: Extent(height: image[2], width: image[3])).map { 1 / $0 }
        let factor = floats(corrections, name + "_factor", shape: [1, planes[2], planes[3], 1])
        append(.mul, [averages, factor], output, options: arithmeticOptions(.mul, .none))
    }

    mutating func pad(_ node: Node, _ padding: Padding) {
        let output = define(node.outputs[0], .channelsLast)
        write(padding, around: operand(node.inputs[0], .channelsLast), output, outside: nil)
    }

    /// The images a window slides over, and how it stands on them: where TensorFlow Lite has no name for the padding, rows and
    /// columns are added first.
    ///
    /// - Parameters:
    ///   - outside: what stands for missing pixels; zero without.
    ///   - always: whether padding is written out in any case.
    mutating func padded(
        _ input: Int, _ node: Node, _ padding: Padding, kernel: Extent, strides: Extent, dilations: Extent,
        outside: Float?, always: Bool = false
    ) -> (input: Int, padding: WindowPadding) {
        let image = shape(of: input)
        let windows = graph.shape(of: node.outputs[0])
        let named = WindowPadding(
            padding, image: Extent(height: image[1], width: image[2]), kernel: kernel, strides: strides,
            dilations: dilations, windows: Extent(height: windows[2], width: windows[3]))
        if let named, !always { return (input, named) }
        let source = result.tensors[input]
        let extents = [
            image[0], image[1] + padding.top + padding.bottom, image[2] + padding.left + padding.right, image[3],
        ]
        let output = tensor(
            graph.name(of: node.outputs[0]) + "_padded", extents, type: source.type, quantization: source.quantization)
        write(padding, around: input, output, outside: outside)
        return (output, .valid)
    }

    private mutating func write(_ padding: Padding, around input: Int, _ output: Int, outside: Float?) {
        let name = result.tensors[output].name
        let sides = integers(
            [0, 0, padding.top, padding.bottom, padding.left, padding.right, 0, 0], name + "_sides", shape: [4, 2])
        guard let outside else {
            append(.pad, version: version(for: input), [input, sides], output)
            return
        }
        let value: Int
        if let quantization = result.tensors[input].quantization {
            // Bytes have no infinity; the least of them is as good under a maximum.
            value = integers(Tensor([1], int8: [-128]), name + "_outside", quantization)
        } else {
            value = floats([outside], name + "_outside", shape: [1])
        }
        append(.padV2, version: version(for: input), [input, sides, value], output)
    }

    /// The version of an operator that takes floats in its first and bytes in its second.
    private func version(for input: Int) -> Int32 { result.tensors[input].type == .int8 ? 2 : 1 }
}

extension PoolAttributes {
    /// Of each window's places, row by row, the share that lies on the image.
    fileprivate func sharesOfPixels(image: Extent) -> [Float] {
        func counts(_ extent: Int, before: Int, after: Int, kernel: Int, stride: Int) -> [Int] {
            Swift.stride(from: -before, through: extent + after - kernel, by: stride).map { start in
                min(extent, start + kernel) - max(0, start)
            }
        }
        let rows = counts(
            image.height, before: padding.top, after: padding.bottom, kernel: kernel.height, stride: strides.height)
        let columns = counts(
            image.width, before: padding.left, after: padding.right, kernel: kernel.width, stride: strides.width)
        let places = Float(kernel.height * kernel.width)
        return rows.flatMap { row in columns.map { Float(row * $0) / places } }
    }
}
