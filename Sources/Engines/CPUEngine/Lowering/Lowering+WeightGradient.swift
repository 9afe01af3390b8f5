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
        let dweight = try Layout.any(groupedDimensions(of: result, attributes))
        let methods = methods(attributes, weight: dimensions(of: result), winogradFrom: 16)
        func choice(_ type: erde_dnnl_type) throws(ErdeError) -> ConvolutionMethod.Choice {
            try ConvolutionMethod.first(of: methods) { [self] method throws(ErdeError) in
                let x = try method.layout(dimensions(of: node.inputs[1]), type)
                let dy = try method.layout(dimensions(of: node.inputs[0]), type)
                return try weightGradient(node, attributes, method, x, dy, dweight, on: machine)
            }
        }
        // Not every window has code, or fast code, for bfloat16 images and float32 weights. With tiles, where a stride is wider than
        // the image, the library (oneDNN 2.6) multiplies what it never wrote, which may be no number.
        let isSound = attributes.strides.width <= dimensions(of: node.inputs[1])[3]
        let preferred = isSound ? try? choice(imageType) : nil
        let choice =
            if let preferred, !preferred.operation.isFallback || imageType == ERDE_DNNL_FLOAT32 { preferred } else {
                try choice(ERDE_DNNL_FLOAT32)
            }
        let operation = choice.operation
        let reads: ArgumentList = [
            (ERDE_DNNL_SRC, try placed(node.inputs[1], as: .chosen(by: operation, for: ERDE_DNNL_SRC))),
            (ERDE_DNNL_DIFF_DST, try placed(node.inputs[0], as: .chosen(by: operation, for: ERDE_DNNL_DIFF_DST))),
        ]
        let layout = try Layout.chosen(by: operation, for: ERDE_DNNL_DIFF_WEIGHTS)
        let chosen = Placement(buffer: program.buffer(byteCount: layout.byteCount), layout: layout)
        if try !appendSideBySide(choice, node, attributes, reads: reads, to: chosen) {
            append("convolutionWeightGradient", operation, reads: reads, writes: [(ERDE_DNNL_DIFF_WEIGHTS, chosen)])
        }
        let target = try define(result)
        let view = try Layout.plain(groupedDimensions(of: result, attributes))
        try appendReorder(from: chosen, to: Placement(buffer: target.buffer, layout: view))
    }

    /// - Parameters:
    ///   - x: images `[N, C, H, W]`
    ///   - dy: gradients `[N, O, H', W']`
    ///   - dweight: of float32.
    private func weightGradient(
        _ node: Node, _ attributes: ConvolutionAttributes, _ method: ConvolutionMethod, _ x: Layout, _ dy: Layout,
        _ dweight: Layout, on machine: Machine
    ) throws(ErdeError) -> Operation {
        var window = attributes.window(kernel: dimensions(of: node.outputs[0]))
        let weight = try Layout.any(groupedDimensions(of: node.outputs[0], attributes), x.type)
        return try Operation("convolution_backward_weights", for: "a convolution's gradient") { made in
            erde_dnnl_convolution_weight_gradient_create(
                machine.handle, method.algorithm, x.handle, weight.handle, dweight.handle, dy.handle, &window, made)
        }
    }

    /// Adds the same weight gradient as one operation for each thread and its share of the images, whose results are added up
    /// afterwards. Threads that share one operation wait for each other in it, spinning, as long as it takes: a time slice
    /// where another program or another virtual machine has one of the processors.
    ///
    /// - Returns: false, with nothing added, where the images cannot be shared out or the weights are larger than the images.
    private mutating func appendSideBySide(
        _ whole: ConvolutionMethod.Choice, _ node: Node, _ attributes: ConvolutionAttributes, reads: ArgumentList,
        to result: Placement
    ) throws(ErdeError) -> Bool {
        let images = dimensions(of: node.inputs[0])[0]
        guard threads > 1, images % threads == 0, images / threads >= 8 else { return false }
        let share = images / threads
        let (wholeX, wholeDy) = (reads[0].placement.layout, reads[1].placement.layout)
        guard let x = try? wholeX.part(of: share), let dy = try? wholeDy.part(of: share),
            // One image lies behind the other.
            x.byteCount * threads == wholeX.byteCount, dy.byteCount * threads == wholeDy.byteCount,
            result.layout.byteCount * threads <= wholeX.byteCount + wholeDy.byteCount
        else { return false }
        erde_dnnl_set_threads(1)
        defer { erde_dnnl_set_threads(Int32(threads)) }
        var parts: [Step.Part] = []
        var sums: [Buffer] = []
        for (index, machine) in try machineForEachThread().enumerated() {
            let operation = try? weightGradient(node, attributes, whole.method, x, dy, result.layout, on: machine)
            guard let operation, operation.implementation == whole.operation.implementation else { return false }
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
