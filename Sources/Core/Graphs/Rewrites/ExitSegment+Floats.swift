package import Diagnostics
import Tensors

extension Graph {
    /// The segments of `exitSegments` with floats where bytes would pass between them: bytes leave as what they stand for,
    /// under their name with `_carried`, and become the same bytes again.
    ///
    /// For callers that keep floats, and for runtimes that lose the scale of bytes on their way into a branch.
    package func exitSegmentsCarryingFloats() throws(ErdeError) -> [ExitSegment] {
        let segments = exitSegments()
        var bytes: [String: Quantization] = [:]
        for node in nodes {
            if case .quantize(let quantization) = node.op { bytes[name(of: node.outputs[0])] = quantization }
        }
        let carried = Set(segments.flatMap(\.liveAfter)).filter { bytes[$0] != nil }
        guard !carried.isEmpty else { return segments }
        var result: [ExitSegment] = []
        for segment in segments { result.append(try segment.carryingFloats(bytes.filter { carried.contains($0.key) })) }
        return result
    }
}

extension ExitSegment {
    /// - Parameter bytes: what passes between segments as bytes, by name.
    fileprivate func carryingFloats(_ bytes: [String: Quantization]) throws(ErdeError) -> ExitSegment {
        func carried(_ name: String) -> String { "\(name)_carried" }
        let exit = graph.outputs[0].name
        var builder = GraphBuilder()
        var bindings: [Value: Value] = [:]
        for input in graph.inputs {
            let name = graph.name(of: input.value)
            guard let quantization = bytes[name] else {
                bindings[input.value] = builder.input(name, graph.type(of: input.value), isBatched: input.isBatched)
                continue
            }
            let floats = builder.input(carried(name), TensorType(graph.shape(of: input.value)), isBatched: input.isBatched)
            bindings[input.value] = try builder.apply(.quantize(quantization), floats, name: "\(name)_for_\(exit)")
        }
        let mapped = try builder.inline(graph, bindings: bindings)
        for output in graph.outputs {
            guard let quantization = bytes[output.name] else {
                builder.output(output.name, mapped[output.value]!)
                continue
            }
            let floats = try builder.apply(
                .dequantize(quantization), mapped[output.value]!, name: carried(output.name))
            builder.output(carried(output.name), floats)
        }
        return ExitSegment(graph: builder.graph, liveAfter: liveAfter.map { bytes[$0] == nil ? $0 : carried($0) })
    }
}
