import Diagnostics
import Graphs
import Tensors

extension LoweringTable {
    /// Convolutions and fully connected layers.
    static let layers: [String: Rule] = [
        "Conv": one { (lowering, node) throws(ErdeError) in try lowering.convolution(node) },
        "Gemm": one { (lowering, node) throws(ErdeError) in try lowering.gemm(node) },
        "MatMul": one { (lowering, node) throws(ErdeError) in try lowering.product(node) },
    ]
}

extension GraphLowering {
    fileprivate mutating func convolution(_ node: ForeignNode) throws(ErdeError) -> Value {
        var x = try image(0, of: node)
        let weight = try node.constant(1, "weight")
        guard weight.dimensions.count == 4, weight.count > 0, weight.isFloat else {
            throw node.failure("has a weight of shape \(weight.dimensions), expected [O, C/groups, h, w]")
        }
        let kernel = Extent(height: weight.dimensions[2], width: weight.dimensions[3])
        if node.has("kernel_shape"), try node.extent("kernel_shape", default: nil) != kernel {
            throw node.failure("has a kernel_shape that is not its weight's")
        }
        let strides = try node.extent("strides", default: Extent(1))
        let dilations = try node.extent("dilations", default: Extent(1))
        let groups = try node.integer("group", default: 1)
        guard groups > 0 else { throw node.failure("has \(groups) groups") }
        let window = WindowRule(node: node, plane: shape(x), kernel: kernel, strides: strides, dilations: dilations)
        var padding = try window.padding(roundingUp: false)
        // Zeros around the image are what a convolution pads with anyway.
        if let producer = builder.graph.producer(of: x), case .pad(let around) = producer.op {
            padding = padding.adding(around)
            x = producer.inputs[0]
        }
        var operands = [x, variable(weight, role: .weight)]
        if let bias = try node.optionalConstant(2, "bias") {
            guard bias.count == weight.dimensions[0] else { throw node.failure("has a bias of \(bias.count) numbers") }
            operands.append(variable(bias.reshaped([bias.count]), role: .bias))
        }
        let attributes = ConvolutionAttributes(strides: strides, padding: padding, dilations: dilations, groups: groups)
        return try apply(.convolution(attributes), operands, node: node)
    }

    fileprivate mutating func gemm(_ node: ForeignNode) throws(ErdeError) -> Value {
        let x = try computed(0, of: node)
        guard try node.integer("transA", default: 0) == 0 else { throw node.failure("transposes the images' rows (transA)") }
        var weight = try matrix(node)
        if try node.integer("transB", default: 0) == 0 { weight = weight.transposed([1, 0]) }
        weight = try scaled(weight, by: try node.float("alpha", default: 1))
        var operands = [x, variable(weight, role: .weight)]
        if var bias = try node.optionalConstant(2, "bias") {
            guard let rows = bias.broadcast(to: [1, weight.dimensions[0]]) else {
                throw node.failure("has a bias of shape \(bias.dimensions), expected \(weight.dimensions[0]) numbers")
            }
            bias = try scaled(rows.reshaped([weight.dimensions[0]]), by: try node.float("beta", default: 1))
            operands.append(variable(bias, role: .bias))
        }
        return try apply(.linear, operands, node: node)
    }

    private func matrix(_ node: ForeignNode) throws(ErdeError) -> ConstantTensor {
        let weight = try node.constant(1, "second factor")
        guard weight.dimensions.count == 2, weight.count > 0, weight.isFloat else {
            throw node.failure("has a second factor of shape \(weight.dimensions), expected a matrix")
        }
        return weight
    }

    private func scaled(_ tensor: ConstantTensor, by factor: Double) throws(ErdeError) -> ConstantTensor {
        guard factor != 1 else { return tensor }
        return ConstantTensor(
            name: tensor.name, dimensions: tensor.dimensions, elements: .floats(tensor.floats.map { $0 * Float(factor) }))
    }

    /// Rows times a matrix; a matrix along the last axis of something larger is a 1x1 convolution of the images that have
    /// that axis for channels.
    fileprivate mutating func product(_ node: ForeignNode) throws(ErdeError) -> Value {
        let x = try computed(0, of: node)
        let weight = try matrix(node).transposed([1, 0])
        let extents = shape(x)
        guard extents.last == weight.dimensions[1] else {
            throw node.failure("multiplies \(extents) with a matrix of \(weight.dimensions[1]) rows")
        }
        switch extents.count {
        case 2: return try apply(.linear, x, variable(weight, role: .weight), node: node)
        case 3, 4:
            let kernel = variable(weight.reshaped(weight.dimensions + [1, 1]), role: .weight)
            var image = x
            if extents.count == 3 { image = try apply(.reshape(trailing: [1] + extents[1...]), x, node: node) }
            image = try transposed(image, [0, 3, 1, 2], node: node)
            image = try apply(.convolution(ConvolutionAttributes()), image, kernel, node: node)
            image = try transposed(image, [0, 2, 3, 1], node: node)
            guard extents.count == 3 else { return image }
            return try apply(.reshape(trailing: [extents[1], weight.dimensions[0]]), image, node: node)
        default: throw node.failure("multiplies a tensor of \(extents.count) axes")
        }
    }
}

extension Padding {
    func adding(_ other: Padding) -> Padding {
        Padding(
            top: top + other.top, left: left + other.left, bottom: bottom + other.bottom, right: right + other.right)
    }
}
