import CDNNL
import Diagnostics
import Graphs

extension Lowering {
    /// Adds a convolution with the addition and the activation behind it, as one primitive.
    mutating func lowerConvolution(_ group: Fusions.Convolution, result: Value) throws(ErdeError) {
        let node = group.node
        guard case .convolution(let attributes) = node.op else { preconditionFailure("\(node.op) is no convolution") }
        let bias = node.inputs.count > 2 ? try plain(node.inputs[2]) : nil
        let weightDimensions = groupedDimensions(of: node.inputs[1], attributes)
        var window = attributes.window(kernel: dimensions(of: node.inputs[1]))
        let (x, y) = (try Layout.any(dimensions(of: node.inputs[0])), try Layout.any(dimensions(of: result)))
        let weight = try Layout.any(weightDimensions)
        func create(_ x: Layout, _ y: Layout, _ fusion: inout erde_dnnl_fusion) throws(ErdeError) -> Operation {
            try Operation("convolution_forward", for: "a convolution") { [machine, mode] result in
                erde_dnnl_convolution_create(
                    machine.handle, mode, x.handle, weight.handle, bias?.layout.handle, y.handle, &window, &fusion, result)
            }
        }
        var fusion = erde_dnnl_fusion()
        var operation = try create(x, y, &fusion)
        var addend: Placement?
        if group.addend != nil || group.activation != nil {
            let source = try Layout.chosen(by: operation, for: ERDE_DNNL_SRC)
            let target = try Layout.chosen(by: operation, for: ERDE_DNNL_DST)
            if let value = group.addend { addend = try placed(value, as: target) }
            fusion = erde_dnnl_fusion(addend: addend?.layout.handle, activation: group.activation)
            operation = try create(source, target, &fusion)
        }
        var reads: ArgumentList = [
            (ERDE_DNNL_SRC, try placed(node.inputs[0], as: .chosen(by: operation, for: ERDE_DNNL_SRC))),
            (
                ERDE_DNNL_WEIGHTS,
                try weights(node.inputs[1], attributes, as: .chosen(by: operation, for: ERDE_DNNL_WEIGHTS))
            ),
        ]
        if let bias { reads.append((ERDE_DNNL_BIAS, bias)) }
        if let addend { reads.append((ERDE_DNNL_POST_OP_ADD, addend)) }
        let target = try define(result, as: .chosen(by: operation, for: ERDE_DNNL_DST))
        append("convolution", operation, reads: reads, writes: [(ERDE_DNNL_DST, target)])
    }

    mutating func lowerConvolutionDataGradient(
        _ node: Node, _ attributes: ConvolutionAttributes
    ) throws(ErdeError) {
        var window = attributes.window(kernel: dimensions(of: node.inputs[1]))
        let dx = try Layout.any(dimensions(of: node.outputs[0]))
        let weight = try Layout.any(groupedDimensions(of: node.inputs[1], attributes))
        let dy = try Layout.any(dimensions(of: node.inputs[0]))
        let operation = try Operation("convolution_backward_data", for: "a convolution's gradient") { [machine] result in
            erde_dnnl_convolution_data_gradient_create(
                machine.handle, dx.handle, weight.handle, dy.handle, &window, result)
        }
        let reads: ArgumentList = [
            (ERDE_DNNL_DIFF_DST, try placed(node.inputs[0], as: .chosen(by: operation, for: ERDE_DNNL_DIFF_DST))),
            (
                ERDE_DNNL_WEIGHTS,
                try weights(node.inputs[1], attributes, as: .chosen(by: operation, for: ERDE_DNNL_WEIGHTS))
            ),
        ]
        let target = try define(node.outputs[0], as: .chosen(by: operation, for: ERDE_DNNL_DIFF_SRC))
        append("convolutionDataGradient", operation, reads: reads, writes: [(ERDE_DNNL_DIFF_SRC, target)])
    }

    mutating func lowerConvolutionWeightGradient(
        _ node: Node, _ attributes: ConvolutionAttributes
    ) throws(ErdeError) {
        let result = node.outputs[0]
        var window = attributes.window(kernel: dimensions(of: result))
        let x = try Layout.any(dimensions(of: node.inputs[1]))
        let dweight = try Layout.any(groupedDimensions(of: result, attributes))
        let dy = try Layout.any(dimensions(of: node.inputs[0]))
        let operation = try Operation("convolution_backward_weights", for: "a convolution's gradient") { [machine] result in
            erde_dnnl_convolution_weight_gradient_create(
                machine.handle, x.handle, dweight.handle, dy.handle, &window, result)
        }
        let reads: ArgumentList = [
            (ERDE_DNNL_SRC, try placed(node.inputs[1], as: .chosen(by: operation, for: ERDE_DNNL_SRC))),
            (ERDE_DNNL_DIFF_DST, try placed(node.inputs[0], as: .chosen(by: operation, for: ERDE_DNNL_DIFF_DST))),
        ]
        let layout = try Layout.chosen(by: operation, for: ERDE_DNNL_DIFF_WEIGHTS)
        let chosen = Placement(buffer: program.buffer(byteCount: layout.byteCount), layout: layout)
        append("convolutionWeightGradient", operation, reads: reads, writes: [(ERDE_DNNL_DIFF_WEIGHTS, chosen)])
        let target = try define(result)
        let view = try Layout.plain(groupedDimensions(of: result, attributes))
        try appendReorder(from: chosen, to: Placement(buffer: target.buffer, layout: view))
    }

    /// A convolution's weight in the layout its primitive wants. With groups the primitive sees one dimension more.
    private mutating func weights(
        _ value: Value, _ attributes: ConvolutionAttributes, as layout: Layout
    ) throws(ErdeError) -> Placement {
        if let found = placements[value]!.first(where: { $0.layout == layout }) { return found }
        let source = Placement(
            buffer: try plain(value).buffer, layout: try .plain(groupedDimensions(of: value, attributes)))
        if source.layout == layout { return Placement(buffer: source.buffer, layout: layout) }
        let placement = try reordered(source, to: layout)
        placements[value]!.append(placement)
        return placement
    }

    /// `[O, C, h, w]`, or `[groups, O/groups, C, h, w]` when there are several groups.
    private func groupedDimensions(of weight: Value, _ attributes: ConvolutionAttributes) -> [Int] {
        let dimensions = dimensions(of: weight)
        guard attributes.groups > 1 else { return dimensions }
        return [attributes.groups, dimensions[0] / attributes.groups] + dimensions[1...]
    }
}

extension ConvolutionAttributes {
    /// The library's form, for a weight `[O, C, h, w]`.
    func window(kernel weight: [Int]) -> erde_dnnl_window {
        erde_dnnl_window(
            kernel: (Int64(weight[2]), Int64(weight[3])), strides: strides.dnnl, dilations: dilations.dnnl,
            padding_begin: (Int64(padding.top), Int64(padding.left)),
            padding_end: (Int64(padding.bottom), Int64(padding.right)))
    }
}

extension Extent {
    var dnnl: (Int64, Int64) { (Int64(height), Int64(width)) }
}

extension erde_dnnl_fusion {
    init(addend: OpaquePointer?, activation: Op?) {
        self.init()
        self.addend = addend
        switch activation {
        case .relu:
            has_activation = 1
            self.activation = ERDE_DNNL_RELU
        case .clip(let lower, let upper):
            has_activation = 1
            self.activation = ERDE_DNNL_CLIP
            self.lower = Float(lower)
            self.upper = Float(upper)
        default:
            has_activation = 0
        }
    }
}
