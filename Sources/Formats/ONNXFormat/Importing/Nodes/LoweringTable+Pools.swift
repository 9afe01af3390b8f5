import Diagnostics
import Graphs
import Tensors

extension LoweringTable {
    /// Pooling of images.
    static let pools: [String: Rule] = [
        "MaxPool": one { (lowering, node) throws(ErdeError) in
            var x = try lowering.image(0, of: node)
            guard node.node.outputs.dropFirst().allSatisfy(\.isEmpty) else {
                throw node.failure("also gives the places of the maxima")
            }
            var attributes = try lowering.pool(x, node)
            // A border below every number is what a maximum pads with anyway.
            if let border = lowering.borders[x] {
                let padding = attributes.padding.adding(border.padding)
                if padding.isSmaller(than: attributes.kernel) { (x, attributes.padding) = (border.image, padding) }
            }
            return try lowering.apply(.maxPool(attributes), x, node: node)
        },
        "AveragePool": one { (lowering, node) throws(ErdeError) in try lowering.averagePool(node) },
        "GlobalAveragePool": one { (lowering, node) throws(ErdeError) in
            try lowering.apply(.globalAveragePool, try lowering.image(0, of: node), node: node)
        },
        "GlobalMaxPool": one { (lowering, node) throws(ErdeError) in
            let x = try lowering.image(0, of: node)
            return try lowering.globalMaximum(x, node: node)
        },
    ]
}

extension GraphLowering {
    /// The greatest element of each plane, `[N, C, 1, 1]`.
    mutating func globalMaximum(_ x: Value, node: ForeignNode) throws(ErdeError) -> Value {
        let plane = Extent(height: shape(x)[2], width: shape(x)[3])
        return try apply(.maxPool(PoolAttributes(kernel: plane, strides: Extent(1))), x, node: node)
    }

    fileprivate func pool(_ x: Value, _ node: ForeignNode) throws(ErdeError) -> PoolAttributes {
        let kernel = try node.extent("kernel_shape", default: nil)
        let strides = try node.extent("strides", default: Extent(1))
        guard try node.extent("dilations", default: Extent(1)) == Extent(1) else {
            throw node.failure("has dilations, which erde's pooling has not")
        }
        guard try node.integer("storage_order", default: 0) == 0 else { throw node.failure("has a storage_order of columns") }
        let window = WindowRule(node: node, plane: shape(x), kernel: kernel, strides: strides, dilations: Extent(1))
        let ceiling = try node.integer("ceil_mode", default: 0) != 0
        let padding = try window.padding(roundingUp: ceiling)
        guard padding.isSmaller(than: kernel) else {
            let sides = [padding.top, padding.left, padding.bottom, padding.right]
            throw node.failure("has pads of \(sides), expected less than the window's \(kernel.height)x\(kernel.width)")
        }
        return PoolAttributes(kernel: kernel, strides: strides, padding: padding)
    }

    /// Padding may count in the divisor, but what a window hangs over the far edge by rounding up never does: then the
    /// mean over whole windows is put right by a constant factor for each place.
    fileprivate mutating func averagePool(_ node: ForeignNode) throws(ErdeError) -> Value {
        let x = try image(0, of: node)
        var attributes = try pool(x, node)
        attributes.countsPadding = try node.integer("count_include_pad", default: 0) != 0
        let pooled = try apply(.averagePool(attributes), x, node: node)
        let written = try node.integers("pads") ?? [0, 0, 0, 0]
        let isWritten = try ["NOTSET", ""].contains(node.text("auto_pad", default: "NOTSET"))
        guard attributes.countsPadding, isWritten,
            attributes.padding.bottom > written[2] || attributes.padding.right > written[3]
        else { return pooled }
        let plane = shape(pooled)
        try spend(plane[2] * plane[3], node)
        func counted(_ place: Int, _ stride: Int, _ kernel: Int, _ extent: Int) -> Int {
            max(1, min(place * stride + kernel, extent) - place * stride)
        }
        let (height, width) = (shape(x)[2] + written[0] + written[2], shape(x)[3] + written[1] + written[3])
        let window = attributes.kernel.height * attributes.kernel.width
        let factors = (0..<plane[2]).flatMap { row in
            (0..<plane[3]).map { column in
                Float(window)
                    / Float(
                        counted(row, attributes.strides.height, attributes.kernel.height, height)
                            * counted(column, attributes.strides.width, attributes.kernel.width, width))
            }
        }
        let name = "\(node.node.outputs.first ?? "pool")_share"
        let share = constant(ConstantTensor(name: name, dimensions: [1, 1, plane[2], plane[3]], elements: .floats(factors)))
        return try apply(.multiply, pooled, share, node: node)
    }
}

extension Padding {
    /// Whether no window lies in the padding alone.
    fileprivate func isSmaller(than kernel: Extent) -> Bool {
        max(top, bottom) < kernel.height && max(left, right) < kernel.width
    }
}
