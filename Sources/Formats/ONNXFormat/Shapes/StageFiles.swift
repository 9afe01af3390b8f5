import Artifacts
import Diagnostics
import Tensors

/// The segments of a model as files of their own, for hosts that decide themselves which images go on.
struct StageFiles {
    let parts: SegmentedGraph
    let model: Model
    let options: ONNXExportOptions

    /// Contract first, then one file for each segment.
    func files() throws(ErdeError) -> [FileContent] {
        let request = options.request
        let score = request.policy?.score ?? .entropy
        var files: [FileContent] = []
        var stages: [StageContract.Stage] = []
        for (index, segment) in parts.segments.enumerated() {
            let file = "stage\(index + 1).onnx"
            var list = NodeList(avoiding: parts.names)
            list.append(segment.initializers)
            for node in segment.nodes { list.append(node) }
            let name = list.score(
                score, of: segment.logits.name, classes: parts.classes, prefix: "exit\(index + 1)_gate",
                named: "score_exit\(index + 1)")
            let scoreInfo = ONNXValueInfo(name: name, elementType: 1, shape: [.named("N")])
            let graph = ONNXGraph(
                name: "stage\(index + 1)", nodes: list.nodes, initializers: list.initializers, inputs: segment.inputs,
                outputs: [segment.logits, scoreInfo] + segment.carried)
            let description = request.description(stage: index)
            files.append(
                FileContent(
                    name: file, bytes: try ExportedMessage.bytes(graph, model.metadata, description, options.operatorSet)))
            stages.append(
                StageContract.Stage(
                    file: file, index: index, inputs: segment.inputs.map(StageContract.Port.init),
                    logits: StageContract.Port(segment.logits), score: StageContract.Port(scoreInfo),
                    carries: segment.carried.map(StageContract.Port.init), keep: segment.liveAfter, of: model,
                    policy: request.policy))
        }
        return [try StageContract(of: model, request: request, stages: stages).file()] + files
    }
}

extension StageContract.Port {
    fileprivate init(_ info: ONNXValueInfo) {
        let dataType = [DataType.uint8, .int8].first { $0.onnx == info.elementType }
        let shape = (info.shape ?? []).map { dimension -> StageContract.Extent in
            if case .fixed(let extent) = dimension { .fixed(extent) } else { .batch }
        }
        self.init(name: info.name, shape: shape, dataType: dataType ?? .float32)
    }
}
