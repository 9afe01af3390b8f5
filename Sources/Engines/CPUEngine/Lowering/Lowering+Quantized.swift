import CDNNL
import CLoops
import Diagnostics
import Graphs
import Tensors

extension Lowering {
    /// Adds the steps of a group that runs on bytes.
    mutating func lowerQuantized(_ group: QuantizedFusions.Group) throws(ErdeError) {
        switch group {
        case .convolution(let group): try lowerQuantizedConvolution(group)
        case .normalization(let group): try lowerQuantizedNormalization(group)
        case .concatenation(let group): try lowerQuantizedConcatenation(group)
        case .maximumPool(let group):
            try appendPool(
                group.node, from: group.source, to: group.result, group.attributes.window, ERDE_DNNL_MAX_POOL)
        }
    }

    /// One primitive: bytes times bytes, summed in 32 bits, scaled, added to, rectified and rounded.
    private mutating func lowerQuantizedConvolution(_ group: QuantizedFusions.Convolution) throws(ErdeError) {
        let node = group.node
        guard case .convolution(let attributes) = node.op else { preconditionFailure("\(node.op) is no convolution") }
        let channels = dimensions(of: node.outputs[0])[1]
        let step = group.quantization?.scales[0] ?? 1
        let factors = group.weight.quantization.scales.map { group.source.scale * $0 / step }
        let x = try Layout.any(dimensions(of: group.source.value), group.source.quantization.dataType.dnnl)
        let weight = try Layout.any(groupedDimensions(of: group.weight.value, attributes), ERDE_DNNL_INT8)
        let y = try Layout.any(dimensions(of: node.outputs[0]), group.quantization?.dataType.dnnl ?? ERDE_DNNL_FLOAT32)
        let bias = try group.bias.map { (_) throws(ErdeError) in try Layout.plain([channels]) }
        var fusion = erde_dnnl_fusion(
            addend: group.addend == nil ? ERDE_DNNL_NO_ADDEND : ERDE_DNNL_RESULT_ADDEND, addendLayout: y.handle,
            activation: group.activation)
        (fusion.lower, fusion.upper) = (fusion.lower / step, fusion.upper / step)
        if let addend = group.addend { fusion.addend_scale = addend.scale / step }
        fusion.scale_count = Int32(factors.count)
        fusion.is_grouped = attributes.groups > 1 ? 1 : 0
        var window = attributes.window(kernel: dimensions(of: group.weight.value))
        let operation = try Operation("convolution_forward", for: "a convolution of bytes") { [machine, fusion] result in
            factors.withUnsafeBufferPointer { scales in
                var fusion = fusion
                fusion.scales = scales.baseAddress
                return erde_dnnl_convolution_create(
                    machine.handle, ERDE_DNNL_DIRECT, ERDE_DNNL_INFERENCE, x.handle, weight.handle, bias?.handle, y.handle,
                    &window, &fusion, result)
            }
        }
        var reads: ArgumentList = [
            (ERDE_DNNL_SRC, try placed(group.source.value, as: .chosen(by: operation, for: ERDE_DNNL_SRC))),
            (
                ERDE_DNNL_WEIGHTS,
                try weights(group.weight.value, attributes, as: .chosen(by: operation, for: ERDE_DNNL_WEIGHTS))
            ),
        ]
        if let bias = group.bias { reads.append((ERDE_DNNL_BIAS, try scaledBias(bias, factors, group, step))) }
        if erde_dnnl_scales_are_arguments() != 0 {
            reads.append((ERDE_DNNL_WEIGHTS_SCALES, try settledFloats(factors)))
        }
        let layout = try Layout.chosen(by: operation, for: ERDE_DNNL_DST)
        let addend = try group.addend.map { (addend) throws(ErdeError) in try placed(addend.value, as: layout) }
        let target = try define(group.result, as: layout)
        if let addend {
            appendCopy(from: addend.buffer, to: target.buffer, byteCount: layout.byteCount)
            reads.append((ERDE_DNNL_DST, target))
        }
        append("int8 convolution", operation, reads: reads, writes: [(ERDE_DNNL_DST, target)])
    }

    /// A bias as the library adds it: in units of the products, or of the result.
    private mutating func scaledBias(
        _ bias: QuantizedFusions.Source, _ factors: [Float], _ group: QuantizedFusions.Convolution, _ step: Float
    ) throws(ErdeError) -> Placement {
        let channels = dimensions(of: group.node.outputs[0])[1]
        let scales = bias.quantization.scales
        let units = (0..<channels).map { channel in
            let inResult = scales[scales.count > 1 ? channel : 0] / step
            return erde_dnnl_scales_are_arguments() != 0
                ? inResult : inResult / factors[factors.count > 1 ? channel : 0]
        }
        let source = try plain(bias.value).buffer
        let target = Placement(buffer: program.buffer(byteCount: 4 * channels), layout: try .plain([channels]))
        appendHost("bias", reads: [source], writes: [target.buffer]) { memory in
            let (from, to) = (memory.integers(source), memory.floats(target.buffer))
            for channel in 0..<channels { to[channel] = Float(from[channel]) * units[channel] }
        }
        return target
    }

    /// With running statistics: `γ·(x − mean)/√(variance + ε) + β` is a slope and an offset for each channel.
    private mutating func lowerQuantizedNormalization(_ group: QuantizedFusions.Normalization) throws(ErdeError) {
        guard case .batchNormalization(let attributes) = group.node.op else {
            preconditionFailure("\(group.node.op) is no batch normalisation")
        }
        var operands: [Buffer] = []
        for operand in group.node.inputs.dropFirst() { operands.append(try plain(operand).buffer) }
        let channels = dimensions(of: group.source.value)[1]
        let (slope, offset) = (program.buffer(byteCount: 4 * channels), program.buffer(byteCount: 4 * channels))
        let (sourceScale, scale) = (group.source.scale, group.result.scale)
        appendHost("int8 batchNormalization", reads: operands, writes: [slope, offset]) { memory in
            let (gamma, beta) = (memory.floats(operands[0]), memory.floats(operands[1]))
            let (mean, variance) = (memory.floats(operands[2]), memory.floats(operands[3]))
            for channel in 0..<channels {
                let factor = gamma[channel] / (variance[channel] + Float(attributes.epsilon)).squareRoot()
                memory.floats(slope)[channel] = sourceScale * factor / scale
                memory.floats(offset)[channel] = (beta[channel] - mean[channel] * factor) / scale
            }
        }
        let target = try defineBytes(group.result.value)
        try appendRequantization(
            of: group.source, slope: slope, offset: offset, to: group.result, target, firstChannel: 0,
            isRectified: group.hasRelu)
    }

    private mutating func lowerQuantizedConcatenation(_ group: QuantizedFusions.Concatenation) throws(ErdeError) {
        let target = try defineBytes(group.result.value)
        var first = 0
        for part in group.parts {
            let channels = dimensions(of: part.value)[1]
            let slope = try settledFloats([Float](repeating: part.scale / group.result.scale, count: channels)).buffer
            let offset = try settledFloats([Float](repeating: 0, count: channels)).buffer
            try appendRequantization(
                of: part, slope: slope, offset: offset, to: group.result, target, firstChannel: first, isRectified: false)
            first += channels
        }
    }

    /// A place for bytes with the channels innermost.
    private mutating func defineBytes(_ value: Value) throws(ErdeError) -> Placement {
        try define(value, as: .channelsLast(dimensions(of: value), graph.type(of: value).dataType.dnnl))
    }

    /// Adds a loop over the places of an image that writes a range of the target's channels.
    private mutating func appendRequantization(
        of source: QuantizedFusions.Source, slope: Buffer, offset: Buffer, to result: QuantizedFusions.Source,
        _ target: Placement, firstChannel: Int, isRectified: Bool
    ) throws(ErdeError) {
        let shape = dimensions(of: source.value)
        let (channels, stride) = (shape[1], dimensions(of: result.value)[1])
        let rows = shape[0] * shape[2] * shape[3]
        let from = try placed(source.value, as: .channelsLast(shape, source.quantization.dataType.dnnl)).buffer
        let (sourceType, targetType) = (source.quantization.dataType, result.quantization.dataType)
        let integers = targetType.integers ?? 0...0
        let lower = Float(isRectified ? max(0, integers.lowerBound) : integers.lowerBound)
        appendHost("requantization", reads: [from, slope, offset], writes: [target.buffer]) { memory in
            let work = erde_requantization(
                source: memory[from], source_is_signed: sourceType == .int8 ? 1 : 0, source_stride: channels,
                target: memory[target.buffer] + firstChannel, target_is_signed: targetType == .int8 ? 1 : 0,
                target_stride: stride, channels: channels, slope: memory.floats(slope), offset: memory.floats(offset),
                lower: lower, upper: Float(integers.upperBound))
            forEachRange(of: rows * channels, threads: memory.threads) { range in
                // A row belongs to the range that holds its first element.
                let first = (range.lowerBound + channels - 1) / channels
                let end = (range.upperBound + channels - 1) / channels
                withUnsafePointer(to: work) { erde_requantize($0, first, max(first, end)) }
            }
        }
    }

    /// Floats that never change.
    mutating func settledFloats(_ floats: [Float]) throws(ErdeError) -> Placement {
        let place = Placement(buffer: program.buffer(byteCount: 4 * floats.count), layout: try .plain([floats.count]))
        appendHost("scales", reads: [], writes: [place.buffer]) { memory in
            memory.floats(place.buffer).update(from: floats, count: floats.count)
        }
        return place
    }
}
