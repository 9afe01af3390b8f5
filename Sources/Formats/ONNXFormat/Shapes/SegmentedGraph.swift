import Artifacts
import Diagnostics
import Graphs
import Tensors

/// A model's graph in the form for inference, as ONNX, and where it divides at the exits.
struct SegmentedGraph {
    /// The part between two exits. It computes the exit's logits and what later segments read.
    struct Segment {
        /// Names and shapes `[N, …]` of what it reads.
        let inputs: [ONNXValueInfo]
        let logits: ONNXValueInfo
        /// Names and shapes of what it computes for later segments.
        let carried: [ONNXValueInfo]
        /// Names of all values, of this segment or an earlier one, that later segments read.
        let liveAfter: [String]
        let nodes: [ONNXNode]
        let initializers: [ONNXTensor]
    }

    let whole: ONNXGraph
    let segments: [Segment]
    let classes: Int

    /// - Parameters:
    ///   - reserved: names that no value may have, because the file uses them.
    ///   - carriesFloats: whether bytes pass between segments as the floats that they stand for.
    /// - Throws: `ErdeError` of kind `badData` that lists everything ONNX cannot hold.
    init(_ model: Model, reserved: Set<String>, carriesFloats: Bool = false) throws(ErdeError) {
        let fast = try model.graph.optimizedForInference(model.parameters)
        classes = model.metadata.classNames.count
        if carriesFloats, fast.graph.nodes.contains(where: { if case .quantize = $0.op { true } else { false } }) {
            let graphs = try fast.graph.namedByOutputs().exitSegmentsCarryingFloats()
            (whole, segments) = try Self.separate(graphs, fast.parameters, model, reserved: reserved)
            return
        }
        let exported = try GraphExport.graph(fast.graph, fast.parameters, name: model.metadata.role.rawValue)
        var names = exported.allNames.union(reserved)
        var renamed: [String: String] = [:]
        for name in exported.allNames.intersection(reserved).sorted() { renamed[name] = unused(name, &names) }
        let whole = exported.renaming(renamed)
        func info(_ name: String, _ graph: Graph, _ value: Value) -> ONNXValueInfo {
            ONNXValueInfo(
                name: renamed[name] ?? name, elementType: graph.type(of: value).dataType.onnx,
                shape: [.named("N")] + graph.shape(of: value).dimensions.dropFirst().map { .fixed(Int64($0)) })
        }
        self.whole = whole
        segments = fast.graph.namedByOutputs().exitSegments().map { segment in
            let graph = segment.graph
            let inputs = graph.inputs.map { info(graph.name(of: $0.value), graph, $0.value) }
            let outputs = graph.outputs.map { info($0.name, graph, $0.value) }
            let part = whole.part(computing: outputs.map(\.name), given: Set(inputs.map(\.name)))
            return Segment(
                inputs: inputs, logits: outputs[0], carried: Array(outputs.dropFirst()),
                liveAfter: segment.liveAfter.map { renamed[$0] ?? $0 }, nodes: part.nodes, initializers: part.initializers)
        }
    }

    /// Segments that are graphs of their own, each written for itself.
    private static func separate(
        _ parts: [ExitSegment], _ parameters: Parameters, _ model: Model, reserved: Set<String>
    ) throws(ErdeError) -> (whole: ONNXGraph, segments: [Segment]) {
        let written = try parts.map { part throws(ErdeError) in
            try GraphExport.graph(part.graph, parameters, name: model.metadata.role.rawValue).limitedBeforeBytes()
        }
        var names = written.reduce(into: reserved) { $0.formUnion($1.allNames) }
        var renamed: [String: String] = [:]
        let clashes = written.reduce(into: Set()) { $0.formUnion($1.allNames) }.intersection(reserved)
        for name in clashes.sorted() {
            renamed[name] = unused(name, &names)
        }
        var whole = ONNXGraph()
        whole.name = model.metadata.role.rawValue
        let segments = zip(parts, written).map { part, graph in
            let graph = graph.renaming(renamed)
            whole.inputs += graph.inputs
            whole.nodes += graph.nodes
            whole.initializers += graph.initializers
            return Segment(
                inputs: graph.inputs, logits: graph.outputs[0], carried: Array(graph.outputs.dropFirst()),
                liveAfter: part.liveAfter.map { renamed[$0] ?? $0 }, nodes: graph.nodes, initializers: graph.initializers)
        }
        return (whole, segments)
    }

    /// All names of the whole graph.
    var names: Set<String> { whole.allNames }
}
