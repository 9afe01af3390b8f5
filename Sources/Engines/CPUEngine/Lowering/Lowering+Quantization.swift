import CDNNL
import Diagnostics
import Graphs
import Tensors

extension Lowering {
    /// Floats to integers; images come out with the channels innermost, as convolutions of bytes want them.
    ///
    /// The library multiplies by the inverse of the scale, where `Quantization` divides by it: floats in the middle of two
    /// integers, but for a rounding, may become the other one.
    mutating func lowerQuantize(_ node: Node, _ quantization: Quantization) throws(ErdeError) {
        guard let scale = quantization.tensorScale else { return try appendQuantization(node, quantization) }
        let source = try primaryFloats(node.inputs[0])
        try appendScaledReorder(node, source, scale: 1 / scale)
    }

    /// Integers to floats: stored ones in the order in which they lie, images with the channels innermost.
    mutating func lowerDequantize(_ node: Node, _ quantization: Quantization) throws(ErdeError) {
        guard let scale = quantization.tensorScale else { return try appendDequantization(node, quantization) }
        try appendScaledReorder(node, primary(node.inputs[0]), scale: scale)
    }

    private mutating func appendScaledReorder(_ node: Node, _ source: Placement, scale: Float) throws(ErdeError) {
        let result = node.outputs[0]
        let (shape, type) = (dimensions(of: result), graph.type(of: result).dataType.dnnl)
        let target = try define(result, as: shape.count == 4 ? .channelsLast(shape, type) : plainLayout(of: result))
        let operation = try Operation("reorder_create", for: "a quantization") { [machine] made in
            erde_dnnl_scaled_reorder_create(machine.handle, source.layout.handle, target.layout.handle, scale, made)
        }
        var reads: ArgumentList = [(ERDE_DNNL_SRC, source)]
        if erde_dnnl_scales_are_arguments() != 0 { reads.append((ERDE_DNNL_SRC_SCALES, try settledFloats([scale]))) }
        append(node.op.name, operation, reads: reads, writes: [(ERDE_DNNL_DST, target)])
    }

    /// A scale for each slice along axis 0, or wide integers: weights and biases.
    private mutating func appendQuantization(_ node: Node, _ quantization: Quantization) throws(ErdeError) {
        let source = try plain(node.inputs[0]).buffer
        let target = try define(node.outputs[0]).buffer
        let (count, slice) = slices(of: node)
        appendHost(node.op.name, reads: [source], writes: [target]) { memory in
            func fill<Integer: FixedWidthInteger>(_ type: Integer.Type) {
                let (from, to) = (memory.floats(source), memory[target].assumingMemoryBound(to: Integer.self))
                for index in 0..<count {
                    to[index] = Integer(quantization.integer(for: Double(from[index]), channel: index / slice))
                }
            }
            switch quantization.dataType {
            case .int8: fill(Int8.self)
            case .uint8: fill(UInt8.self)
            case .int32, .float32: fill(Int32.self)
            }
        }
    }

    private mutating func appendDequantization(_ node: Node, _ quantization: Quantization) throws(ErdeError) {
        let source = try plain(node.inputs[0]).buffer
        let target = try define(node.outputs[0]).buffer
        let (count, slice) = slices(of: node)
        appendHost(node.op.name, reads: [source], writes: [target]) { memory in
            func fill<Integer: FixedWidthInteger>(_ type: Integer.Type) {
                let (from, to) = (memory[source].assumingMemoryBound(to: Integer.self), memory.floats(target))
                for index in 0..<count {
                    to[index] = Float(from[index]) * quantization.scales[quantization.isPerChannel ? index / slice : 0]
                }
            }
            switch quantization.dataType {
            case .int8: fill(Int8.self)
            case .uint8: fill(UInt8.self)
            case .int32, .float32: fill(Int32.self)
            }
        }
    }

    /// Rounds to the steps of a quantization, in floats.
    mutating func lowerFakeQuantize(_ node: Node, _ quantization: Quantization) throws(ErdeError) {
        let x = try primaryFloats(node.inputs[0])
        let scale = quantization.scales[0]
        let integers = quantization.dataType.integers ?? 0...0
        let (lower, upper) = (Float(integers.lowerBound), Float(integers.upperBound))
        guard quantization.dataType != .int32 else {
            return try appendElementwise(node, x) { ($0 / scale).rounded(.toNearestOrEven) * scale }
        }
        try appendElementwise(node, x) { rounded(min(max($0 / scale, lower), upper)) * scale }
    }

    mutating func lowerFakeQuantizeChannels(_ node: Node, limit: Int) throws(ErdeError) {
        let source = try plain(node.inputs[0]).buffer
        let target = try define(node.outputs[0]).buffer
        let (count, slice) = slices(of: node)
        appendHost(node.op.name, reads: [source], writes: [target]) { memory in
            for start in stride(from: 0, to: count, by: slice) {
                let (x, y) = (memory.floats(source) + start, memory.floats(target) + start)
                var largest: Float = 0
                for index in 0..<slice { largest = max(largest, abs(x[index])) }
                let step = Quantization.divisor(largest / Float(limit))
                for index in 0..<slice { y[index] = rounded(x[index] / step) * step }
            }
        }
    }

    /// Elements of an operand, and of one slice along its axis 0.
    private func slices(of node: Node) -> (count: Int, slice: Int) {
        let shape = dimensions(of: node.inputs[0])
        return (shape.reduce(1, *), max(1, shape.dropFirst().reduce(1, *)))
    }
}

/// The nearest integer, ties to even, of a number far below 2²²: adding and taking away 1.5·2²³ leaves no fraction.
@inline(__always)
private func rounded(_ x: Float) -> Float { (x + 12_582_912) - 12_582_912 }

extension Quantization {
    /// The scale of bytes that have only one.
    fileprivate var tensorScale: Float? { isPerChannel || dataType == .int32 ? nil : scales[0] }
}
