package import Artifacts
package import Diagnostics

/// A model as OpenVINO's own files: IR of version 11, which OpenVINO reads from 2022.1 on.
package enum OpenVINOExport {
    /// `<name>.xml` and `<name>.bin`, or for stages the contract and a pair for each.
    ///
    /// The batch of every file is dynamic; inputs and outputs have the names of the graph's. Quantized models keep their
    /// bytes: OpenVINO runs their convolutions on integers.
    ///
    /// - Parameter name: of the files of a single network.
    /// - Throws: `ErdeError` of kind `usage` when the shape asks for what the model or the format does not have, `badData`
    ///   that lists everything IR cannot hold.
    package static func files(
        of model: Model, request: ExportRequest, name: String
    ) throws(ErdeError) -> [FileContent] {
        let networks = try ExportNetwork.networks(of: model, request: request, name: name, format: "OpenVINO")
        var files: [FileContent] = []
        if request.shape == .stages {
            let contract = StageContract(of: model, request: request, networks: networks) { "\($0.name).xml" }
            files.append(try contract.file())
        }
        for network in networks {
            let document = try OpenVINOGraph.document(network.graph, network.parameters, name: network.name)
            let information = try RuntimeInformation.elements(network.metadata, network.description)
            files.append(
                FileContent(
                    name: "\(network.name).xml", text: document.text(name: network.name, information: information)))
            files.append(FileContent(name: "\(network.name).bin", bytes: document.weights.bytes))
        }
        return files
    }
}
