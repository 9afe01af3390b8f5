import CDNNL
import Diagnostics
import Graphs
import Tensors

extension Lowering {
    mutating func lowerConvolutionWeightGradient(
        _ node: Node, _ attributes: ConvolutionAttributes
    ) throws(ErdeError) {
        let result = node.outputs[0]
        if let tiled = tiledWeightGradient(node, attributes) { return try append(tiled, node) }
        var window = attributes.window(kernel: dimensions(of: result))
        let dweight = try Layout.any(groupedDimensions(of: result, attributes))
        let methods = methods(attributes, weight: dimensions(of: result), winogradFrom: 16)
        func operation(_ type: erde_dnnl_type) throws(ErdeError) -> Operation {
            try ConvolutionMethod.first(of: methods) { [self] method throws(ErdeError) in
                let x = try method.layout(dimensions(of: node.inputs[1]), type)
                let dy = try method.layout(dimensions(of: node.inputs[0]), type)
                let weight = try Layout.any(groupedDimensions(of: result, attributes), type)
                return try Operation("convolution_backward_weights", for: "a convolution's gradient") { made in
                    erde_dnnl_convolution_weight_gradient_create(
                        machine.handle, method.algorithm, x.handle, weight.handle, dweight.handle, dy.handle, &window, made)
                }
            }
        }
        // Not every window has code, or fast code, for bfloat16 images and float32 weights.
        let preferred = try? operation(imageType)
        let operation =
            if let preferred, !preferred.isFallback || imageType == ERDE_DNNL_FLOAT32 { preferred } else {
                try operation(ERDE_DNNL_FLOAT32)
            }
        let reads: ArgumentList = [
            (ERDE_DNNL_SRC, try placed(node.inputs[1], as: .chosen(by: operation, for: ERDE_DNNL_SRC))),
            (ERDE_DNNL_DIFF_DST, try placed(node.inputs[0], as: .chosen(by: operation, for: ERDE_DNNL_DIFF_DST))),
        ]
        let layout = try Layout.chosen(by: operation, for: ERDE_DNNL_DIFF_WEIGHTS)
        let chosen = Placement(buffer: program.buffer(byteCount: layout.byteCount), layout: layout)
        if try !appendSideBySide(operation, node, attributes, reads: reads, to: chosen) {
            append("convolutionWeightGradient", operation, reads: reads, writes: [(ERDE_DNNL_DIFF_WEIGHTS, chosen)])
        }
        let target = try define(result)
        let view = try Layout.plain(groupedDimensions(of: result, attributes))
        try appendReorder(from: chosen, to: Placement(buffer: target.buffer, layout: view))
    }

    /// Adds the same weight gradient as one operation for each thread and its share of the images, whose results are added up
    /// afterwards. Threads that share one operation wait for each other in it, spinning, as long as it takes: a time slice
    /// where another program or another virtual machine has one of the processors.
    ///
    /// - Returns: false, with nothing added, where the images cannot be shared out or the weights are larger than the images.
    private mutating func appendSideBySide(
        _ whole: Operation, _ node: Node, _ attributes: ConvolutionAttributes, reads: ArgumentList, to result: Placement
    ) throws(ErdeError) -> Bool {
        let images = dimensions(of: node.inputs[0])[0]
        guard threads > 1, images % threads == 0, images / threads >= 8 else { return false }
        let share = images / threads
        var window = attributes.window(kernel: dimensions(of: node.outputs[0]))
        let (wholeX, wholeDy) = (reads[0].placement.layout, reads[1].placement.layout)
        guard let x = try? wholeX.part(of: share), let dy = try? wholeDy.part(of: share),
            // One image lies behind the other.
            x.byteCount * threads == wholeX.byteCount, dy.byteCount * threads == wholeDy.byteCount,
            result.layout.byteCount * threads <= wholeX.byteCount + wholeDy.byteCount
        else { return false }
        let weight = try Layout.any(groupedDimensions(of: node.outputs[0], attributes), x.type)
        let isMinimal = whole.implementation.contains("wino")
        erde_dnnl_set_threads(1)
        defer { erde_dnnl_set_threads(Int32(threads)) }
        var parts: [Step.Part] = []
        var sums: [Buffer] = []
        for (index, machine) in machines.enumerated() {
            let operation = try? Operation("convolution_backward_weights", for: "a convolution's gradient") { made in
                erde_dnnl_convolution_weight_gradient_create(
                    machine.handle, isMinimal ? ERDE_DNNL_WINOGRAD : ERDE_DNNL_DIRECT, x.handle, weight.handle,
                    result.layout.handle, dy.handle, &window, made)
            }
            guard let operation, operation.implementation == whole.implementation else { return false }
            let target = index == 0 ? result.buffer : program.buffer(byteCount: result.layout.byteCount)
            sums.append(target)
            parts.append(
                Step.Part(
                    machine: machine, operation: operation,
                    arguments: [
                        Step.Argument(
                            name: ERDE_DNNL_SRC, buffer: reads[0].placement.buffer, layout: x, offset: index * x.byteCount),
                        Step.Argument(
                            name: ERDE_DNNL_DIFF_DST, buffer: reads[1].placement.buffer, layout: dy,
                            offset: index * dy.byteCount),
                        Step.Argument(name: ERDE_DNNL_DIFF_WEIGHTS, buffer: target, layout: result.layout),
                    ]))
        }
        program.append(
            Step(
                kind: "convolutionWeightGradient", reads: reads.map(\.placement.buffer), writes: sums, work: .parts(parts)))
        let count = result.layout.byteCount / MemoryLayout<Float>.size
        appendHost("sum of weight gradients", reads: sums, writes: [result.buffer]) { [sums] memory in
            let total = memory.floats(sums[0])
            forEachRange(of: count, threads: memory.threads) { range in
                for part in sums.dropFirst() {
                    let addend = memory.floats(part)
                    for index in range { total[index] += addend[index] }
                }
            }
        }
        return true
    }

    /// The same in the processor's tiles; nil where the library's code serves.
    private func tiledWeightGradient(_ node: Node, _ attributes: ConvolutionAttributes) -> TiledWeightGradient? {
        let (x, weight) = (dimensions(of: node.inputs[1]), dimensions(of: node.outputs[0]))
        guard imageType == ERDE_DNNL_BFLOAT16, attributes.isDense3x3(weight), attributes.padding == Padding(1) else { return nil }
        return TiledWeightGradient(
            images: x[0], height: x[2], width: x[3], channels: weight[1], outputs: weight[0], threads: threads)
    }

    private mutating func append(_ tiled: TiledWeightGradient, _ node: Node) throws(ErdeError) {
        func rows(_ value: Value) throws(ErdeError) -> Buffer {
            try placed(value, as: .channelsLast(dimensions(of: value), ERDE_DNNL_BFLOAT16)).buffer
        }
        let (dy, x) = (try rows(node.inputs[0]), try rows(node.inputs[1]))
        let target = try define(node.outputs[0]).buffer
        let space = program.buffer(byteCount: tiled.byteCount)
        appendHost("convolutionWeightGradient tiles", reads: [x, dy], writes: [target, space]) { memory in
            tiled.run(memory.halves(x), memory.halves(dy), into: memory.floats(target), space: memory[space])
        }
    }
}
