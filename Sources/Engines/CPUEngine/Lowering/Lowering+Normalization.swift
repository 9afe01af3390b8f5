import CDNNL
import Diagnostics
import Graphs

extension Lowering {
    /// With running statistics, and the ReLU behind it if there is one.
    mutating func lowerNormalization(
        _ node: Node, at index: Int, _ attributes: BatchNormalizationAttributes
    ) throws(ErdeError) {
        let x = try image(node.inputs[0])
        let relu = fusions.normalizations[index]
        if let rows = rowNormalization(of: x, node.inputs[0], isRectified: relu != nil) {
            return try appendRows(rows, node, x, attributes, result: relu ?? node.outputs[0])
        }
        let operation = try normalization(ERDE_DNNL_INFERENCE, x.layout, attributes, relu: relu != nil)
        let reads: ArgumentList = [
            (ERDE_DNNL_SRC, x), (ERDE_DNNL_SCALE, try plain(node.inputs[1])),
            (ERDE_DNNL_SHIFT, try plain(node.inputs[2])), (ERDE_DNNL_MEAN, try plain(node.inputs[3])),
            (ERDE_DNNL_VARIANCE, try plain(node.inputs[4])),
        ]
        let target = try define(relu ?? node.outputs[0], as: x.layout)
        append("batchNormalization", operation, reads: reads, writes: [(ERDE_DNNL_DST, target)])
    }

    /// With the statistics of the batch; keeps what the ReLU's gradient needs when it takes the ReLU along.
    mutating func lowerNormalizationTraining(
        _ node: Node, at index: Int, _ attributes: BatchNormalizationAttributes
    ) throws(ErdeError) {
        let x = primary(node.inputs[0])
        let relu = fusions.normalizations[index]
        if let rows = rowNormalization(of: x, node.inputs[0], isRectified: relu != nil) {
            return try appendTrainedRows(rows, node, at: index, x, attributes, result: relu ?? node.outputs[0])
        }
        let operation = try normalization(ERDE_DNNL_TRAINING, x.layout, attributes, relu: relu != nil)
        var writes: ArgumentList = [
            (ERDE_DNNL_DST, try define(relu ?? node.outputs[0], as: x.layout)),
            (ERDE_DNNL_MEAN, try define(node.outputs[1])), (ERDE_DNNL_VARIANCE, try define(node.outputs[2])),
        ]
        let layout = try Layout.chosen(by: operation, for: ERDE_DNNL_WORKSPACE)
        var workspace: Placement?
        if layout.byteCount > 0 {
            let kept = Placement(buffer: program.buffer(byteCount: layout.byteCount), layout: layout)
            writes.append((ERDE_DNNL_WORKSPACE, kept))
            workspace = kept
        }
        normalizationRecords[index] = .primitive(operation, workspace: workspace)
        let reads: ArgumentList = [
            (ERDE_DNNL_SRC, x), (ERDE_DNNL_SCALE, try plain(node.inputs[1])),
            (ERDE_DNNL_SHIFT, try plain(node.inputs[2])),
        ]
        append("batchNormalizationTraining", operation, reads: reads, writes: writes)
    }

    /// With the addition behind it, if there is one.
    mutating func lowerNormalizationGradient(
        _ node: Node, at index: Int, _ attributes: BatchNormalizationAttributes
    ) throws(ErdeError) {
        let x = primary(node.inputs[1])
        let addition = fusions.normalizationAdditions[index]
        let fused = fusions.normalizationGradients[index]
        let record = fused.flatMap { normalizationRecords[$0.forward] }
        let dy = try placed(fused?.gradient ?? node.inputs[0], as: x.layout)
        let (forward, workspace): (Operation, Placement?)
        switch record {
        case .rows(let rows, let slope, let offset):
            return try appendGradientRows(rows, node, x, dy, attributes, line: (slope, offset), addition)
        case .primitive(let operation, let kept):
            (forward, workspace) = (operation, kept)
        case nil:
            if let rows = rowNormalization(of: x, node.inputs[1], isRectified: false) {
                return try appendGradientRows(rows, node, x, dy, attributes, line: nil, addition)
            }
            (forward, workspace) = (try normalization(ERDE_DNNL_TRAINING, x.layout, attributes, relu: false), nil)
        }
        let operation = try Operation("batch_normalization_backward", for: "a batch normalisation's gradient") {
            [machine] result in
            erde_dnnl_normalization_gradient_create(
                machine.handle, x.layout.handle, Float(attributes.epsilon), fused != nil ? 1 : 0, forward.handle, result)
        }
        // Version 2 of the library asks for a shift too, though no gradient depends on it: the scale stands in.
        let scale = try plain(node.inputs[2])
        var reads: ArgumentList = [
            (ERDE_DNNL_SRC, x), (ERDE_DNNL_DIFF_DST, dy),
            (ERDE_DNNL_SCALE, scale), (ERDE_DNNL_SHIFT, scale), (ERDE_DNNL_MEAN, try plain(node.inputs[3])),
            (ERDE_DNNL_VARIANCE, try plain(node.inputs[4])),
        ]
        if let workspace { reads.append((ERDE_DNNL_WORKSPACE, workspace)) }
        let writes: ArgumentList = [
            (ERDE_DNNL_DIFF_SRC, try define(node.outputs[0], as: x.layout)),
            (ERDE_DNNL_DIFF_SCALE, try define(node.outputs[1])), (ERDE_DNNL_DIFF_SHIFT, try define(node.outputs[2])),
        ]
        append("batchNormalizationGradient", operation, reads: reads, writes: writes)
        if let addition { try lowerAlone(graph.nodes[addition.index], at: addition.index) }
    }

    private func normalization(
        _ mode: erde_dnnl_mode, _ layout: Layout, _ attributes: BatchNormalizationAttributes, relu: Bool
    ) throws(ErdeError) -> Operation {
        try Operation("batch_normalization_forward", for: "a batch normalisation") { [machine] result in
            erde_dnnl_normalization_create(
                machine.handle, mode, layout.handle, Float(attributes.epsilon), relu ? 1 : 0, result)
        }
    }
}
