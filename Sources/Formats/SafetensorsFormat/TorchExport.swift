package import Artifacts
package import Diagnostics

/// A model for PyTorch: weights as safetensors, and a Python file that makes the network and loads them.
package enum TorchExport {
    /// `<name>.py` and `<name>.safetensors`.
    ///
    /// The network is in canonical form, batch normalisation and dropout included, so that training can go on.
    ///
    /// - Parameters:
    ///   - name: a Python identifier.
    ///   - policy: when images leave in `Model.classify`; the whole network without.
    /// - Throws: `ErdeError` of kind `badData` that lists everything PyTorch cannot hold.
    package static func files(of model: Model, name: String, policy: ExitPolicy?) throws(ErdeError) -> [FileContent] {
        let layers = try TorchLayers(model)
        let source = TorchSource(layers: layers, metadata: model.metadata, policy: policy, name: name)
        let metadata = ["format": "pt", "producer": "erde \(erdeVersion)", "role": model.metadata.role.rawValue]
        return [
            FileContent(name: "\(name).py", text: try source.text()),
            FileContent(
                name: "\(name).safetensors", bytes: try SafetensorsFile.bytes(of: layers.tensors, metadata: metadata)),
        ]
    }
}
