import Artifacts
import Diagnostics

/// The segments of a model as files of their own, for hosts that decide themselves which images go on.
struct StageFiles {
    let parts: SegmentedGraph
    let model: Model
    let options: ONNXExportOptions

    /// Contract first, then one file for each segment.
    func files() throws(ErdeError) -> [FileContent] {
        let score = options.policy?.score ?? .entropy
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
            let description = ExportDescription(
                shape: .stage, exit: index + 1, modelHash: options.modelHash, policy: options.policy,
                budgetMACs: options.budgetMACs)
            files.append(
                FileContent(
                    name: file, bytes: try ExportedMessage.bytes(graph, model.metadata, description, options.operatorSet)))
            let thresholds = options.policy?.thresholds ?? []
            stages.append(
                StageContract.Stage(
                    file: file, exit: index + 1, inputs: segment.inputs.map(StageContract.Port.init),
                    logits: StageContract.Port(segment.logits), score: StageContract.Port(scoreInfo),
                    carries: segment.carried.map(StageContract.Port.init), keep: segment.liveAfter,
                    threshold: index < thresholds.count ? thresholds[index] : nil,
                    cumulativeMACs: model.metadata.cumulativeMACs[index]))
        }
        let contract = StageContract(
            modelHash: options.modelHash, classNames: model.metadata.classNames, image: model.metadata.image,
            score: StageContract.Score(name: score, formula: score.formula), budgetMACs: options.budgetMACs,
            operatingPoints: model.metadata.operatingPoints, stages: stages)
        return [FileContent(name: "stages.json", text: try contract.json())] + files
    }
}
