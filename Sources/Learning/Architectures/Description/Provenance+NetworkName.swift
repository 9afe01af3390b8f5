package import Artifacts

extension Provenance {
    /// The network's name, and that channels were taken out of it where that is so; nil where it has no name.
    package var networkName: String? {
        architecture.map { prunings == nil ? $0.name : "\($0.name), pruned" }
    }
}
