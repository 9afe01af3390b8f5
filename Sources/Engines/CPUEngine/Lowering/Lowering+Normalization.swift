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
        forwardRecords[index] = ForwardRecord(operation: operation, workspace: workspace)
        let reads: ArgumentList = [
            (ERDE_DNNL_SRC, x), (ERDE_DNNL_SCALE, try plain(node.inputs[1])),
            (ERDE_DNNL_SHIFT, try plain(node.inputs[2])),
        ]
        append("batchNormalizationTraining", operation, reads: reads, writes: writes)
    }

    mutating func lowerNormalizationGradient(
        _ node: Node, at index: Int, _ attributes: BatchNormalizationAttributes
    ) throws(ErdeError) {
        let x = primary(node.inputs[1])
        let fused = fusions.normalizationGradients[index]
        let record = fused.flatMap { forwardRecords[$0.forward] }
        let forward =
            if let record { record.operation } else {
                try normalization(ERDE_DNNL_TRAINING, x.layout, attributes, relu: false)
            }
        let operation = try Operation("batch_normalization_backward", for: "a batch normalisation's gradient") {
            [machine] result in
            erde_dnnl_normalization_gradient_create(
                machine.handle, x.layout.handle, Float(attributes.epsilon), fused != nil ? 1 : 0, forward.handle, result)
        }
        // Version 2 of the library asks for a shift too, though no gradient depends on it: the scale stands in.
        let scale = try plain(node.inputs[2])
        var reads: ArgumentList = [
            (ERDE_DNNL_SRC, x), (ERDE_DNNL_DIFF_DST, try placed(fused?.gradient ?? node.inputs[0], as: x.layout)),
            (ERDE_DNNL_SCALE, scale), (ERDE_DNNL_SHIFT, scale), (ERDE_DNNL_MEAN, try plain(node.inputs[3])),
            (ERDE_DNNL_VARIANCE, try plain(node.inputs[4])),
        ]
        if let workspace = record?.workspace { reads.append((ERDE_DNNL_WORKSPACE, workspace)) }
        let writes: ArgumentList = [
            (ERDE_DNNL_DIFF_SRC, try define(node.outputs[0], as: x.layout)),
            (ERDE_DNNL_DIFF_SCALE, try define(node.outputs[1])), (ERDE_DNNL_DIFF_SHIFT, try define(node.outputs[2])),
        ]
        append("batchNormalizationGradient", operation, reads: reads, writes: writes)
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
