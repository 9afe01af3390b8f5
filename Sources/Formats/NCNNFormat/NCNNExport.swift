package import Artifacts
package import Diagnostics

/// Models for ncnn: a param file with the layers and a bin file with their weights, one image at a time.
package enum NCNNExport {
    /// `NAME.param` and `NAME.bin`; of stages `stages.json` first, then both files of each stage.
    ///
    /// Inputs and outputs are the blobs that have the graph's names: `image` `[C, H, W]`, `logits_exit1` `[K]`,
    /// `score_exit1` `[1]`.
    ///
    /// - Throws: `ErdeError` of kind `usage` when the model or ncnn has not the shape that is asked for, `badData` with a
    ///   list of everything that is refused.
    package static func files(
        of model: Model, name: String, request: ExportRequest
    ) throws(ErdeError) -> [FileContent] {
        let networks = try ExportNetwork.networks(of: model, request: request, name: name, format: "ncnn")
        var problems: [String] = []
        for problem in networks.flatMap(NCNNNetwork.problems) where !problems.contains(problem) { problems.append(problem) }
        guard problems.isEmpty else {
            throw ErdeError(
                .badData, "model", "cannot be written for ncnn: " + problems.joined(separator: "; "),
                remedy: "export it as ONNX")
        }
        var files: [FileContent] = []
        for network in networks {
            let written = NCNNNetwork(network)
            files.append(FileContent(name: "\(network.name).param", text: written.text))
            files.append(FileContent(name: "\(network.name).bin", bytes: written.bytes))
        }
        guard request.shape == .stages else { return files }
        let contract = StageContract(
            of: model, request: request, networks: networks, file: { "\($0.name).param" }, port: StageContract.Port.init(blob:_:))
        return [try contract.file()] + files
    }
}
