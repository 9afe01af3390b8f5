import CDNNL
import Diagnostics
import Graphs
import Tensors

extension Lowering {
    /// Adds a convolution with the addition and the activation behind it: as one primitive where the library has it, one by
    /// one otherwise.
    mutating func lowerConvolution(_ group: Fusions.Convolution) throws(ErdeError) {
        let node = group.node
        guard case .convolution(let attributes) = node.op else { preconditionFailure("\(node.op) is no convolution") }
        let weight = dimensions(of: node.inputs[1])
        let mode = mode(of: node)
        let forward = ForwardConvolution(
            machine: machine, mode: mode, x: dimensions(of: node.inputs[0]),
            weight: try .any(groupedDimensions(of: node.inputs[1], attributes), imageType), y: dimensions(of: node.outputs[0]),
            bias: node.inputs.count > 2 ? try plain(node.inputs[2]).layout : nil,
            window: attributes.window(kernel: weight), type: imageType,
            methods: methods(attributes, weight: weight, winogradFrom: isFewImages(node.inputs[0]) ? nil : 32))
        let alone = try forward.alone()
        if group.followers.isEmpty { return try append(alone.operation, node, attributes, result: node.outputs[0]) }
        if let value = group.addend {
            let layout = try Layout.chosen(by: alone.operation, for: ERDE_DNNL_DST)
            let addend = try placed(value, as: layout)
            for kind in addendKinds(addend, mode) {
                guard let fused = try forward.fused(with: alone, kind, group.activation) else { continue }
                return try append(fused, node, attributes, addend: (kind, addend), result: group.result)
            }
        } else if let fused = try forward.fused(with: alone, ERDE_DNNL_NO_ADDEND, group.activation) {
            return try append(fused, node, attributes, result: group.result)
        }
        try append(alone.operation, node, attributes, result: node.outputs[0])
        for follower in group.followers { try lowerAlone(follower.node, at: follower.index) }
    }

    /// Methods for a weight `[O, C, h, w]`, in order of preference.
    ///
    /// - Parameter winogradFrom: channels from which minimal filtering is the faster way; nil where it is not.
    func methods(
        _ attributes: ConvolutionAttributes, weight: [Int], winogradFrom: Int?
    ) -> [ConvolutionMethod] {
        // The library has no minimal filtering in bfloat16. Its own layouts are the fast ones there, but for a convolution of too few
        // channels for tiles: where there are tiles, all others want the channels innermost.
        guard imageType == ERDE_DNNL_FLOAT32 else {
            return CPUEngine.hasTiles ? [.channelsLast, .direct] : [.direct]
        }
        guard let winogradFrom, attributes.isDense3x3(weight), min(weight[0], weight[1]) >= winogradFrom else {
            return [.channelsLast, .direct]
        }
        return [.winograd, .channelsLast, .direct]
    }

    /// Whether there are so few images `[N, C, H, W]` that minimal filtering has too few tiles for each matrix product.
    private func isFewImages(_ images: Value) -> Bool { dimensions(of: images)[0] < 16 }

    /// Training where gradients go through the convolution: it then works in the layouts that they work in too. A frozen
    /// teacher's convolutions are inference in the midst of a training graph.
    private func mode(of node: Node) -> erde_dnnl_mode {
        trainedOn.contains(node.inputs[0]) ? ERDE_DNNL_TRAINING : ERDE_DNNL_INFERENCE
    }

    /// How an addend may reach a convolution, the preferred way first. In inference it is most often read for the last time
    /// here and the result takes its place; in training a gradient needs it, so that it would be copied.
    private func addendKinds(_ addend: Placement, _ mode: erde_dnnl_mode) -> [erde_dnnl_addend] {
        if program.isSettled(addend.buffer) { return [ERDE_DNNL_OTHER_ADDEND] }
        return mode == ERDE_DNNL_INFERENCE
            ? [ERDE_DNNL_RESULT_ADDEND, ERDE_DNNL_OTHER_ADDEND] : [ERDE_DNNL_OTHER_ADDEND, ERDE_DNNL_RESULT_ADDEND]
    }

    private mutating func append(
        _ operation: Operation, _ node: Node, _ attributes: ConvolutionAttributes,
        addend: (kind: erde_dnnl_addend, placement: Placement)? = nil, result: Value
    ) throws(ErdeError) {
        var reads: ArgumentList = [
            (ERDE_DNNL_SRC, try placed(node.inputs[0], as: .chosen(by: operation, for: ERDE_DNNL_SRC))),
            (
                ERDE_DNNL_WEIGHTS,
                try weights(node.inputs[1], attributes, as: .chosen(by: operation, for: ERDE_DNNL_WEIGHTS))
            ),
        ]
        if node.inputs.count > 2 { reads.append((ERDE_DNNL_BIAS, try plain(node.inputs[2]))) }
        let target = try define(result, as: .chosen(by: operation, for: ERDE_DNNL_DST))
        switch addend?.kind {
        case ERDE_DNNL_OTHER_ADDEND:
            reads.append((ERDE_DNNL_POST_OP_ADD, addend!.placement))
        case ERDE_DNNL_RESULT_ADDEND:
            appendCopy(from: addend!.placement.buffer, to: target.buffer, byteCount: target.layout.byteCount)
            reads.append((ERDE_DNNL_DST, target))
        default:
            break
        }
        append("convolution", operation, reads: reads, writes: [(ERDE_DNNL_DST, target)])
    }

    mutating func lowerConvolutionDataGradient(
        _ node: Node, _ attributes: ConvolutionAttributes
    ) throws(ErdeError) {
        if let transposed = attributes.transposed(kernel: dimensions(of: node.inputs[1])) {
            return try lowerDataGradient(node, as: transposed)
        }
        var window = attributes.window(kernel: dimensions(of: node.inputs[1]))
        let weight = try Layout.any(groupedDimensions(of: node.inputs[1], attributes), imageType)
        let methods = methods(attributes, weight: dimensions(of: node.inputs[1]), winogradFrom: nil)
        let operation = try ConvolutionMethod.first(
            of: methods,
            { [self] method throws(ErdeError) in
                let dx = try method.layout(dimensions(of: node.outputs[0]), imageType)
                let dy = try method.layout(dimensions(of: node.inputs[0]), imageType)
                return try Operation("convolution_backward_data", for: "a convolution's gradient") { result in
                    erde_dnnl_convolution_data_gradient_create(
                        machine.handle, method.algorithm, dx.handle, weight.handle, dy.handle, &window, result)
                }
            }
        ).operation
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

    /// With stride 1 the gradient is a convolution of `dy` with the kernel turned by 180° and its channels exchanged; the
    /// library's forward code is the faster one.
    private mutating func lowerDataGradient(
        _ node: Node, as transposed: ConvolutionAttributes
    ) throws(ErdeError) {
        let extents = dimensions(of: node.inputs[1])
        let turned = [extents[1], extents[0], extents[2], extents[3]]
        let source = try plain(node.inputs[1]).buffer
        let kernel = Placement(
            buffer: program.buffer(byteCount: turned.reduce(4, *)), layout: try .plain(turned))
        appendHost("kernelTurn", reads: [source], writes: [kernel.buffer]) { memory in
            turnKernel(memory.floats(source), extents, into: memory.floats(kernel.buffer))
        }
        let operation = try ForwardConvolution(
            machine: machine, mode: ERDE_DNNL_TRAINING, x: dimensions(of: node.inputs[0]), weight: .any(turned, imageType),
            y: dimensions(of: node.outputs[0]), bias: nil, window: transposed.window(kernel: turned), type: imageType,
            methods: methods(transposed, weight: turned, winogradFrom: 32)
        ).alone().operation
        let wanted = try Layout.chosen(by: operation, for: ERDE_DNNL_WEIGHTS)
        let weight = wanted == kernel.layout ? kernel : try reordered(kernel, to: wanted)
        let dy = try placed(node.inputs[0], as: .chosen(by: operation, for: ERDE_DNNL_SRC))
        let target = try define(node.outputs[0], as: .chosen(by: operation, for: ERDE_DNNL_DST))
        append(
            "convolutionDataGradient", operation, reads: [(ERDE_DNNL_SRC, dy), (ERDE_DNNL_WEIGHTS, weight)],
            writes: [(ERDE_DNNL_DST, target)])
    }

    /// A convolution's weight in the layout its primitive wants. With groups the primitive sees one dimension more.
    mutating func weights(
        _ value: Value, _ attributes: ConvolutionAttributes, as layout: Layout
    ) throws(ErdeError) -> Placement {
        if let found = placements[value]!.first(where: { $0.layout == layout }) { return found }
        let source = Placement(
            buffer: try plain(value).buffer,
            layout: try .plain(groupedDimensions(of: value, attributes), graph.type(of: value).dataType))
        if source.layout == layout { return Placement(buffer: source.buffer, layout: layout) }
        let placement = try reordered(source, to: layout)
        placements[value]!.append(placement)
        return placement
    }

    /// `[O, C, h, w]`, or `[groups, O/groups, C, h, w]` when there are several groups.
    func groupedDimensions(of weight: Value, _ attributes: ConvolutionAttributes) -> [Int] {
        let dimensions = dimensions(of: weight)
        guard attributes.groups > 1 else { return dimensions }
        return [attributes.groups, dimensions[0] / attributes.groups] + dimensions[1...]
    }
}
