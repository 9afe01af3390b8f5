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

    /// - Parameter reserved: names that no value may have, because the file uses them.
    /// - Throws: `ErdeError` of kind `badData` that lists everything ONNX cannot hold.
    init(_ model: Model, reserved: Set<String>) throws(ErdeError) {
        let fast = try model.graph.optimizedForInference(model.parameters)
        let exported = try GraphExport.graph(fast.graph, fast.parameters, name: model.metadata.role.rawValue)
        var names = exported.allNames.union(reserved)
        var renamed: [String: String] = [:]
        for name in exported.allNames.intersection(reserved).sorted() { renamed[name] = unused(name, &names) }
        let whole = exported.renaming(renamed)
        func info(_ name: String, _ graph: Graph, _ value: Value) -> ONNXValueInfo {
            ONNXValueInfo(
                name: renamed[name] ?? name, elementType: 1,
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
        classes = model.metadata.classNames.count
    }

    /// All names of the whole graph.
    var names: Set<String> { whole.allNames }
}

extension Graph {
    /// The same graph in which every output's value has the output's name, as it has in files.
    fileprivate func namedByOutputs() -> Graph {
        let named = zip(values, exportedNames).map { ValueInfo(name: $1, type: $0.type) }
        return Graph(
            unverified: named, origins: origins, inputs: inputs, variables: variables, constants: constants, nodes: nodes,
            outputs: outputs, updates: updates)
    }
}
